"""The words of a command line, argparse's and ours, in the language that is spoken."""

import argparse
import re
import sys
from collections.abc import Iterator

from contract.language.speaking import Texts

_SURROGATE = re.compile("[\ud800-\udfff]")  # how Python shows a byte of argv that is not text
_OF_ARGPARSE = Texts(
    {
        "usage: ": "использование: ",
        "positional arguments": "аргументы",
        "options": "ключи",
        "subcommands": "команды",
        "show this help message and exit": "показать эту справку и выйти",
        "show program's version number and exit": "показать версию и выйти",
        "%(prog)s: error: %(message)s\n": "%(prog)s: ошибка: %(message)s\n",
        "argument %(argument_name)s: %(message)s": "аргумент %(argument_name)s: %(message)s",
        "the following arguments are required: %s": "не хватает аргументов: %s",
        "one of the arguments %s is required": "нужен один из аргументов: %s",
        "unrecognized arguments: %s": "лишние аргументы: %s",
        "not allowed with argument %s": "нельзя вместе с аргументом %s",
        "expected one argument": "нужно одно значение",
        "expected at least one argument": "нужно хотя бы одно значение",
        "expected at most one argument": "нужно не больше одного значения",
        "invalid %(type)s value: %(value)r": "значение %(value)r не подходит (%(type)s)",
        "invalid choice: %(value)r (choose from %(choices)s)": (
            "%(value)r — такого варианта нет (есть: %(choices)s)"
        ),
        "unknown parser %(parser_name)r (choices: %(choices)s)": (
            "команды %(parser_name)r нет (есть: %(choices)s)"
        ),
        "ambiguous option: %(option)s could match %(matches)s": (
            "ключ %(option)s неоднозначен: %(matches)s"
        ),
        "ignored explicit argument %r": "значение %r здесь не нужно",
        "{text} is no text in this terminal's character set: write it in {charset}": (
            "{text} — это не текст в кодировке терминала: нужна {charset}"
        ),
    }
)


def speak_argparse() -> None:
    """Make argparse speak as we do; its texts pass through one function of its own."""
    vars(argparse)["_"] = _OF_ARGPARSE.word


def refuse_what_is_no_text(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    """Exit with 2 if an argument holds bytes that are not text; paths may hold any."""
    for value in vars(arguments).values():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and _SURROGATE.search(text):
                wrong = "{text} is no text in this terminal's character set: write it in {charset}"
                charset = sys.getfilesystemencoding().upper()
                parser.error(_OF_ARGPARSE(wrong, text=repr(text[:80]), charset=charset))


def have_translated(parser: argparse.ArgumentParser, texts: Texts) -> None:
    """Translate the help of a parser and its commands into the spoken language.

    A description that is a whole docstring is found in ``texts`` by the name of the program.
    """
    for each in _all(parser):
        if each.description:
            by_name = texts.word(each.prog)
            each.description = texts.word(each.description) if by_name == each.prog else by_name
        for action in each._actions:
            if action.help:
                action.help = texts.word(_OF_ARGPARSE.word(action.help))
            if isinstance(action, argparse._SubParsersAction):
                for choice in action._choices_actions:
                    choice.help = texts.word(choice.help or "")


def _all(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in dict.fromkeys(action.choices.values()):
                yield from _all(each)
