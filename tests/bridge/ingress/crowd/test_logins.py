"""Who waits for whom at the login: the rule, on a clock that is only a number."""

from pydantic import SecretStr

from bridge.ingress.smtp.logins import FREE, REPEAT_SECONDS, Logins

RIGHT = b"password-1"
HOUR = 3600.0


def logins() -> Logins:
    return Logins({"a": SecretStr(RIGHT.decode()), "b": SecretStr("password-2")})


def tried(door: Logins, address: str, password: bytes, now: float, name: bytes = b"a") -> str:
    """Return the result of a try: ``in`` or ``out`` after its wait, or ``later``."""
    if (pause := door.turn(name, password, address, now)) is None:
        return "later"
    word = "in" if door.is_right(name, password, address) else "out"
    return f"{word} after {pause:.0f} s" if pause else word


async def test_addresses_without_number_guess_little_faster_than_one() -> None:
    """Each address has first tries at a name; then all share one queue of two tries a minute."""
    door, heard = logins(), 0
    for second in range(0, 600, 4):
        for number in range(50):
            guess = f"guess {second} {number}".encode()
            heard += tried(door, f"10.0.0.{number}", guess, float(second)) != "later"
    assert heard <= 50 * FREE + 10 + 5 + 600 / 30


async def test_nobody_is_locked_out_by_the_guesses_of_others() -> None:
    door = logins()
    assert tried(door, "192.0.2.1", RIGHT, 0.0) == "in"
    for guess in range(6):
        for number in range(200):
            tried(door, f"10.0.0.{number}", b"guess %d" % guess, guess * 40.0)
    now = 201.0
    assert tried(door, "10.0.0.7", b"guess 7", now) == "later"
    assert tried(door, "192.0.2.1", RIGHT, now) == "in"
    assert tried(door, "192.0.2.2", b"a slip", now) == "out"
    assert tried(door, "192.0.2.2", RIGHT, now) == "in"


async def test_who_has_been_in_from_an_address_waits_for_no_guess_at_others_from_there() -> None:
    """One address may be a whole office, with a program in it that tries all day."""
    door = logins()
    assert tried(door, "192.0.2.1", RIGHT, 0.0) == "in"
    for number in range(60):
        tried(door, "192.0.2.1", b"guess %d" % number, float(number), name=b"b")
    assert tried(door, "192.0.2.1", b"guess", 60.0, name=b"b") == "later"
    assert tried(door, "192.0.2.1", RIGHT, 60.0) == "in"


async def test_the_same_wrong_password_again_is_no_guess() -> None:
    """One program still uses the old password all day, while another already has the new one."""
    door = logins()
    assert tried(door, "192.0.2.1", b"an old one", 0.0) == "out"
    for second in range(1, 100):
        assert tried(door, "192.0.2.1", b"an old one", float(second)) == (
            f"out after {REPEAT_SECONDS:.0f} s"
        )
    assert tried(door, "192.0.2.1", RIGHT, 100.0) == "in"


async def test_where_a_password_was_right_it_is_guessed_as_slowly_as_elsewhere() -> None:
    door = logins()
    assert tried(door, "192.0.2.1", RIGHT, 0.0) == "in"
    heard = 0
    for second in range(600):
        heard += tried(door, "192.0.2.1", b"guess %d" % second, float(second)) != "later"
    assert heard <= FREE + 6 + 600 / 30
