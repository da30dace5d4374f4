"""Which letters form one dialog: a function of the set of letters, not of their order of arrival.

The theory. Each letter of a mailbox starts as a group of its own, and groups are united until
nothing changes. A letter *meets* the letters that carry an id which it names, those that carry its
own id, and those that name an id which it names. A group *welcomes* a letter that meets one of its
letters if the letter may join: its sender takes part in the group (is in From, To, Cc or Reply-To
of one of its letters), or the letter is the mailbox's own. Three rules unite groups:

*Ties.* A letter ties its group to each group that welcomes it and in which somebody wrote whom the
letter addresses. Being welcome is not enough: our answer to one reader of a newsletter, which
quotes the newsletter, would unite all its readers, and an attacker who copies an id into a letter
with the victim in Cc would draw the victim's letters into the attacker's dialog.

*Homes.* If no letter that a letter names is in its group, it joins the first group that welcomes
it, by the ladder: the letter that a bounce returns, In-Reply-To, the newest reference first.

*Guesses.* If ids say nothing, a guess (``receiver.threads.guesses``) unites the letter, if it opens
its group, with the group of the letter that it was guessed to answer.

Ties come first, until there are no more; then one home, and ties again; then one guess, and all of
it again. So ties never depend on what a weaker rule did. Within a rule, letters go in the order of
(created, key). The people and writers of a group only grow, so the process ends.

Details of who meets whom; somebody tried to get in by each of these doors:

* A letter with the same id is met only if the same sender wrote both: a sender who uses somebody
  else's Message-ID gets nothing by it.
* A bounce speaks for the people whom our letter did not reach; it must return a letter of ours.
* Two letters that name the same letter meet if one sender wrote both. Others meet only while nobody
  has seen that letter, and must address each other's writer; once it comes, it decides.

``anyone`` (mailing lists): every group welcomes every letter, and everybody counts as addressed.

A person's corrections come before everything else: what is *together* is united first, and nothing
unites groups that are *apart*. A letter that meets both sides goes with the one it names first.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from typing import Any

from receiver.letters.letter import Letter
from receiver.threads.facts import NOTHING_DECIDED, InForce
from receiver.threads.group import Group, Policy, Shown, opening_of


def partition(
    letters: Iterable[Letter],
    policy: Policy,
    decided: InForce = NOTHING_DECIDED,
    shown: Iterable[Shown] = (),
) -> list[Group]:
    """Return the groups that letters of one mailbox make; the first of each opens its dialog.

    Dialogs in ``shown`` are taken as they are: their letters are not decided again.
    """
    threads = _Threads(letters, policy, decided, shown)
    threads.run()
    groups = {id(each): each for each in threads.group.values()}.values()
    for each in groups:
        each.letters.sort(key=lambda letter: letter.order)
    return sorted(groups, key=lambda group: group.letters[0].order)


class _Waiting:
    """Letters that are still to be looked at, each once, in order."""

    def __init__(self) -> None:
        self._heap: list[tuple[Any, str, Letter]] = []
        self._keys: set[str] = set()

    def add(self, letter: Letter) -> None:
        """Add a letter, unless it is waiting already."""
        if letter.key not in self._keys:
            self._keys.add(letter.key)
            heappush(self._heap, (*letter.order, letter))

    def first(self) -> Letter | None:
        """Remove and return the first letter."""
        if not self._heap:
            return None
        letter = heappop(self._heap)[2]
        self._keys.discard(letter.key)
        return letter


class _Threads:
    def __init__(
        self,
        letters: Iterable[Letter],
        policy: Policy,
        decided: InForce,
        shown: Iterable[Shown],
    ) -> None:
        self._everybody = policy == "anyone"
        known = {each.key: each for each in letters}
        self._letters = sorted(known.values(), key=lambda letter: letter.order)
        self._carriers: defaultdict[str, list[Letter]] = defaultdict(list)
        self._citers: defaultdict[str, defaultdict[str, list[Letter]]]
        self._citers = defaultdict(lambda: defaultdict(list))
        self._knowing: defaultdict[str, list[Letter]] = defaultdict(list)
        self.group: dict[str, Group] = {}
        for letter in self._letters:
            self.group[letter.key] = Group([letter], set(letter.people), set(letter.writers))
            self._carriers[letter.message_id].append(letter)
            for _, one in letter.cited:
                for writer in letter.writers:
                    self._citers[one][writer].append(letter)
                if self._everybody:
                    self._citers[one][""].append(letter)
            for one in letter.ids:
                self._knowing[one].append(letter)
        self._parted = bool(decided.apart)
        for number, sides in enumerate(decided.apart):
            for side, keys in enumerate(sides):
                for key in keys & self.group.keys():
                    self.group[key].sides.add((number, side))
        self._decided: set[str] = set()
        for each in shown:
            self._take_as_is(each)
        self._to_tie = _Waiting()
        self._to_house = _Waiting()
        for keys in decided.together:
            present = [known[key] for key in keys if key in known]
            self._keep_together(sorted(present, key=lambda letter: letter.order))

    def _take_as_is(self, shown: Shown) -> None:
        present = sorted(shown.keys & self.group.keys())
        self._decided |= set(present)
        first = self.group[present[0]]
        for key in present[1:]:
            first.letters += self.group[key].letters
            self.group[key] = first
        first.people |= shown.people
        first.writers |= shown.writers
        first.dialogs.add(shown.dialog)

    def _keep_together(self, letters: Iterable[Letter]) -> None:
        """Unite what a person put together, except what a later correction separated."""
        united: list[Letter] = []
        for letter in letters:
            group = self.group[letter.key]
            for each in united:
                if self.group[each.key] is group or self._unite(group, self.group[each.key]):
                    break
            else:
                united.append(letter)

    def run(self) -> None:
        """Apply ties, homes and guesses until nothing changes."""
        free = [each for each in self._letters if each.key not in self._decided]
        for letter in free:
            self._to_tie.add(letter)
            self._to_house.add(letter)
            if self._parted:
                self._choose_a_side(letter)
        guesses = [each for each in free if each.guess]
        while True:
            while tying := self._to_tie.first():
                self._tie(tying)
            if homeless := self._to_house.first():
                self._give_home(homeless)
            elif not any(map(self._follow_guess, guesses)):
                return

    def _tie(self, letter: Letter) -> None:
        own = self.group[letter.key]
        refused: set[tuple[Group, str]] = set()
        for met, one in self._met(letter):
            group = self.group[met.key]
            if group is own or (group, one) in refused:
                continue
            welcome = self._welcomes(group, letter, met, one) and self._addresses(letter, group)
            if welcome and self._unite(own, group):
                own = self.group[letter.key]
            elif one != letter.bounced:  # of which the one met tells more than its group
                refused.add((group, one))

    def _give_home(self, letter: Letter) -> None:
        own = self.group[letter.key]
        named = (each for _, one in letter.cited for each in self._carriers[one])
        if any(self.group[each.key] is own for each in named if each is not letter):
            return
        for met, one in self._met(letter):
            group = self.group[met.key]
            if (
                group is not own
                and self._welcomes(group, letter, met, one)
                and self._unite(own, group)
            ):
                return

    def _choose_a_side(self, letter: Letter) -> None:
        """Put a letter that names a side of a separation with the one that it names first.

        Before others tie it to another side: answers there name letters of both. All other letters
        go as if nothing were separated.
        """
        for _, one in letter.cited:
            for met in self._carriers[one]:
                own, group = self.group[letter.key], self.group[met.key]
                welcome = group.sides and self._welcomes(group, letter, met, one)
                if welcome and (group is own or self._unite(own, group)):
                    return

    def _follow_guess(self, letter: Letter) -> bool:
        own = self.group[letter.key]
        target = self.group.get(letter.guess.to) if letter.guess else None
        if target is None or target is own or opening_of(own.letters) is not letter:
            return False
        return self._unite(own, target)

    def _met(self, letter: Letter) -> Iterator[tuple[Letter, str]]:
        """Yield the letters that a letter meets, with the shared id, the best reason first."""
        for met in self._carriers[letter.message_id]:
            same = letter.speakers and letter.speakers == met.speakers
            if met is not letter and (self._everybody or same):
                yield met, letter.message_id
        for _, one in letter.cited:
            for met in self._carriers[one]:
                if met is not letter:
                    yield met, one
            seen = bool(self._carriers[one])
            asked = letter.writers if seen else letter.writers | letter.people
            for writer in [""] if self._everybody else sorted(asked):
                yield from ((met, one) for met in self._fellows(one, writer) if met is not letter)

    def _fellows(self, one: str, writer: str) -> Sequence[Letter]:
        """Return letters of a writer that name an id; they are united, so the first two are enough.

        All are needed if a person separated letters, or dialogs are taken as they are.
        """
        found = self._citers[one].get(writer, []) if one in self._citers else []
        return found if self._parted or self._decided else found[:2]

    def _welcomes(self, group: Group, letter: Letter, met: Letter, one: str) -> bool:
        if self._everybody or (one == letter.message_id and letter.speakers):
            return True
        if one == letter.bounced:
            carriers = [met] if met.message_id == one else self._carriers[one]
            ours = not carriers or any(each.out for each in carriers)
            return ours and not letter.failed.isdisjoint(group.people)
        return letter.out or not letter.speakers.isdisjoint(group.people)

    def _addresses(self, letter: Letter, group: Group) -> bool:
        if self._everybody:
            return True
        return letter.bounced is None and not group.writers.isdisjoint(letter.people)

    def _unite(self, one: Group, other: Group) -> bool:
        """Unite two groups, unless they are one already or a person has separated them."""
        if one is other or any((number, 1 - side) in other.sides for number, side in one.sides):
            return False
        if len(one.letters) < len(other.letters):
            one, other = other, one
        self._look_again(one, other)
        self._look_again(other, one)
        one.letters += other.letters
        one.people |= other.people
        one.writers |= other.writers
        one.dialogs |= other.dialogs
        one.sides |= other.sides
        self.group |= dict.fromkeys(other.keys, one)
        return True

    def _look_again(self, at: Group, comes: Group) -> None:
        """Look again at letters that know an id of a group which has gained people.

        This can only tie a letter that the new people make welcome, or that addresses one of the
        new writers. A bounce ties nothing, so it does not matter for whom it speaks.
        """
        people, writers = comes.people - at.people, comes.writers - at.writers
        if not people and not writers:
            return
        for one in {one for letter in at.letters for one in letter.ids}:
            for letter in self._knowing[one]:
                if letter.key not in self._decided and self.group[letter.key] is not at:
                    self._to_house.add(letter)
                    met = not people.isdisjoint(letter.speakers)
                    if met or not writers.isdisjoint(letter.people):
                        self._to_tie.add(letter)
