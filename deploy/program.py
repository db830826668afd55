"""What a palabre binary says of itself: its commands and options, from --help, and its settings, from `config show`.

Whatever is written from this (manual, completion, example settings) cannot say anything else than the binary. A line of
help that is not understood ends the program rather than being left out.
"""
import re
import subprocess
import sys
from dataclasses import dataclass, field

INDENT = 30  # of descriptions, in CLI11's help


@dataclass
class Option:
    names: list  # ["-h", "--help"]; of a positional its one name
    value: str  # "TEXT"; "": a flag
    choices: list  # the values it takes, where they are few
    default: str
    is_repeatable: bool
    is_required: bool
    excludes: list
    needs: list
    description: str

    @property
    def is_positional(self):
        return not self.names[0].startswith("-")


@dataclass
class Command:
    words: list  # ["palabre", "config", "show"]
    description: str
    options: list = field(default_factory=list)
    commands: list = field(default_factory=list)

    @property
    def name(self):
        return " ".join(self.words)

    def all(self):
        """This one and all below it."""
        yield self
        for command in self.commands:
            yield from command.all()


@dataclass
class Setting:
    section: str
    key: str
    value: str
    text: str  # what it is; what is allowed


LEFT = re.compile(r"""
  (?P<names>-\S+ | \w\S*)
  (?: \ (?P<value>[A-Z]+) (?: :(?P<check> \{.*?\} | value\ in\ \{.*?\}\ OR\ \{.*?\} | \S+\ in\ \[.*?\]
                                        | \S+\ \[UNIT\]:\S+\ in\ \[.*?\] | [A-Z]+ ))? (?: =(?P<default>\S+))? )?
  (?P<many> \ \.\.\. | \ x\ \d+ )?
  (?P<required> \ REQUIRED )?
  (?: \ Needs: (?P<needs> (?: \ -\S+ )+ ))?
  (?: \ Excludes: (?P<excludes> (?: \ -\S+ )+ ))?
""", re.VERBOSE)


def fail(what):
    print(f"{sys.argv[0]}: {what}", file=sys.stderr)
    sys.exit(1)


def said(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
    if done.returncode != 0:
        fail(f"palabre {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def entries(lines):
    """(left, description) of a block of help: a long left side has the description on the next line."""
    at = 0
    while at < len(lines):
        left, description = lines[at], []
        following = " " * INDENT
        if len(left) > INDENT and not (at + 1 < len(lines) and lines[at + 1].startswith(following)):
            left, description = left[:INDENT], [left[INDENT:]]
        at += 1
        while at < len(lines) and lines[at].startswith(following):
            description.append(lines[at].strip())
            at += 1
        yield left.strip(), " ".join(description)


def choices(check):
    """Of "{a,b}" and of "value in {a->0,b->1} OR {0,1}"."""
    listed = re.match(r"(?:value in )?\{(.*?)\}", check)
    return [choice.partition("->")[0] for choice in listed[1].split(",")] if listed else []


def option(left, description, where):
    match = LEFT.fullmatch(left)
    if match is None:
        fail(f"the help of {where} has a line that is not understood: {left}")
    check = match["check"] or ""
    return Option(names=match["names"].split(","), value=match["value"] or "", choices=choices(check),
                  default=match["default"] or "", is_repeatable=bool(match["many"]),
                  is_required=bool(match["required"]),
                  excludes=(match["excludes"] or "").split(), needs=(match["needs"] or "").split(),
                  description=description)


def blocks(text):
    """{heading: lines}; before the first heading stands the description, then the usage."""
    found, heading = {"": []}, ""
    for line in text.splitlines():
        if re.fullmatch(r"\w[\w ]*:", line):
            heading = line[:-1]
            found[heading] = []
        elif line:
            found[heading].append(line)
    return found


def command(program, words):
    """The command and all below it."""
    text = blocks(said(program, *words[1:], "--help"))
    found = Command(words, " ".join(line for line in text.pop("") if not line.startswith("Usage: ")))
    below = text.pop("Subcommands", [])
    for lines in text.values():
        found.options += [option(left, description, found.name) for left, description in entries(lines)]
    found.commands = [command(program, words + [name]) for name, _ in entries(below)]
    return found


def settings(program, *arguments):
    lines = said(program, "config", "show", *arguments).splitlines()
    for first, second in zip(lines[::2], lines[1::2]):
        name, _, value = first.partition(" =")
        section, _, key = name.rpartition(".")
        yield Setting(section, key, value.strip(), second.strip())
