"""The one address in what somebody pasted."""

import pytest

from contract.reading.pasted import NoAddress, TwoAddresses, one_address


@pytest.mark.parametrize(
    "pasted",
    [
        "boris@b.ru",
        "Boris <boris@b.ru>",
        '"Boris, B." <boris@b.ru>,',
        "boris@b.ru <boris@b.ru>",
        "'BORIS@b.ru' <boris@b.ru>;",
        "<boris@b.ru>",
        "mailto:boris@b.ru",
        "<mailto:boris@b.ru?subject=x@y.ru>",
        "MAILTO:boris%40b.ru",
        " boris@b.ru, ",
        '"boris@b.ru"',
        "«boris@b.ru»",
        "(boris@b.ru);",
        "boris@b.ru (Boris)",
        "\u200bboris@b.ru\ufeff",
    ],
)
def test_an_address_is_read_as_mail_programs_copy_it(pasted: str) -> None:
    assert one_address(pasted) == "boris@b.ru"


@pytest.mark.parametrize(
    "address", ['"b o"@b.ru', "o'ivan@a.ru", "вера@почта.рф", "b@[192.0.2.1]", "a+b!#=/@b.ru"]
)
def test_an_unusual_address_stays_as_it_is(address: str) -> None:
    assert one_address(address) == address
    assert one_address(f"Boris <{address}>") == address


@pytest.mark.parametrize(
    "pasted", ["a@b.ru;c@d.ru", "a@b.ru, c@d.ru", "a@b.ru c@d.ru", "x@y.ru <a@b.ru>", "a@b@c.ru"]
)
def test_of_two_none_is_chosen(pasted: str) -> None:
    with pytest.raises(TwoAddresses):
        one_address(pasted)


@pytest.mark.parametrize(
    "pasted", ["", "boris", "@b.ru", "boris@", "boris@ b.ru", "<>", "Boris <>", "((((", "mailto:"]
)
def test_what_is_no_address_is_none(pasted: str) -> None:
    with pytest.raises(NoAddress):
        one_address(pasted)
