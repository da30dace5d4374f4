"""English forms that stems separate: for queries, once a search, like the Russian dictionary.

A form has one stem, but may belong to two words: ``leaves`` to ``leave`` and ``leaf``, ``lower`` to
``low`` and ``lowered``. A query for a form finds every word that it may belong to, and the index
stays as it is. Listed are forms of the 40,000 commonest words (by wordfreq) that Snowball's stems
separate.
"""

import re
from collections import defaultdict

COMPARED = """
angry baggy bald bare big bitter bland blank bleak blind bloody blue blunt bold bossy brave brief
bright brisk broad brown bulky bumpy busy calm cheap chilly chubby clean clear clever close cloudy
clumsy coarse cold cool costly cosy cozy crazy creamy creepy crisp crude cruel curly cute damp dark
deadly dear deep dense dim dirty dizzy drab drowsy dry dull dumb dusty early easy empty faint fair
fancy fast fat few fierce filthy fine firm fit flat flimsy foggy fond foolish frail frank free fresh
friendly full funny fussy gentle glad gloomy glossy grand grave gray greasy great greedy green grey
grim gross grumpy guilty hairy handy happy hard harsh hasty hazy healthy heavy hefty high hip holy
hot huge humble hungry icy itchy juicy keen kind lame large late lazy lean lengthy light likely
lively lonely long loose loud lovely low lucky mad mature mean meaty merry messy mighty mild milky
moist muddy naive narrow nasty naughty near neat needy new nice noble noisy nosy odd oily old pale
petty pink plain pleasant plump polite poor posh pretty proud pure quick quiet rainy rare raw ready
red remote rich ripe risky roomy rosy rough round rude rusty sad safe salty sandy sane scarce scary
severe sexy shady shallow sharp shiny short shy sick silky silly simple sincere skinny sleek sleepy
slender slight slim slimy slippery slow sly small smart smelly smoky smooth snowy soft soggy soon
sore sorry sour speedy spicy spooky stable stale stark steady steep stern sticky stiff stormy stout
strange strict strong stuffy stupid sturdy subtle sunny sure sweaty sweet swift tall tame tasty
tense thick thin thirsty thorough tidy tight tiny tired tough tricky true ugly vague vast wacky warm
wary weak wealthy weary weird wet white wicked wide wild windy wise wordy worldly worthy young yummy
"""
"""Words that have degrees in -er and -est."""
IRREGULAR = """
they them their theirs
he him his
she her hers
you your yours
our ours
this these
that those
who whom whose
dial dials dialled dialling
initial initials initialled initialling
trial trials trialled trialling
duel duels duelled duelling
mow mows mowed mown mowing
shave shaves shaved shaven shaving
outdo outdoes outdid outdone outdoing
underpay underpays underpaid underpaying
undersell undersells undersold underselling
sneak sneaks sneaked snuck sneaking
clothe clothed clad clothing
be am are is was were been being
do does did done doing
have has had having
can could
will would
may might
shall should
well better best
much many more most
little less least
ill worse worst
old elder eldest
lie lies lay lain lying
abide abode
bear bears bore born borne bearing
bite bites bit bitten biting
cleave cleft clove cleaved cleaving
cling clung
dive dove
embed embedded embedding
feed fed
fling flung
forgo forgoes forwent forgone forgoing
forego foregoes forewent foregone foregoing
forsake forsook forsaken
found founded founding founds
grind grinds ground grinding
heave hove
lie lied lies
overlay overlaid
overthrow overthrew overthrown
resent resented resents resenting
rise rises rose risen rising
rose roses
saw saws sawed sawn sawing
slay slew slain
slew slews
sling slung
slit slits slitting
smite smote smitten
sow sown sowed
speed sped
spit spat
stink stank stunk
stride strode stridden
string strung
tread trod trodden
wind winds wound winding
wound wounds wounded wounding
withstand withstood
wring wrung
shot shots
thought thoughts
spoke spokes
drunk drunks
bound bounds bounded
people peoples
free freed freeing frees
agree agreed agreeing
see sees seeing
dye dyed dyeing
die dice died dies
sue sued suing
queue queued queuing queueing queues
glue glued gluing
pursue pursued
toe toed
experience experienced experiencing
evidence evidenced
reference referenced referencing
sacrifice sacrificed sacrificing
prejudice prejudiced
refinance refinanced refinancing
warehouse warehoused warehousing
silence silenced silencing
influence influenced influencing
notice noticed noticing
service serviced servicing
practice practised practise practiced
finance financed financing
balance balanced balancing
license licence licensed licensing
programme program programmed programming programmes
traffic trafficked trafficking
panic panicked panicking
mimic mimicked mimicking
picnic picnicked picnicking
trek trekked trekking
fuel fuelled fuelling fueled fueling
analyse analyze analysed analyzed analyses
quiz quizzes quizzed quizzing
focus focuses focused focusing focusses focussed focussing foci
gas gases gassed gasses
bus buses busses
plus pluses
lens lenses
alias aliases
canvas canvases
atlas atlases
bias biases biased
menu menus
guru gurus
emu emus
spa spas
bra bras
pro pros
ex exes
bureau bureaus bureaux
plateau plateaus plateaux
tableau tableaux
money monies moneys
penny pence pennies
ox oxen
louse lice
medium media
datum data
maximum maxima maximums
minimum minima minimums
optimum optima
forum fora
spectrum spectra
curriculum curricula
addendum addenda
erratum errata
memorandum memoranda
symposium symposia
stratum strata
bacterium bacteria
serum sera
ovum ova
phenomenon phenomena
automaton automata
corpus corpora
genus genera
stimulus stimuli
cactus cacti
nucleus nuclei
fungus fungi
locus loci
radius radii
alumnus alumni
syllabus syllabi
formula formulae
antenna antennae
larva larvae
vertebra vertebrae
appendix appendices
matrix matrices
vertex vertices
vortex vortices
apex apices
codex codices
helix helices
leaf leaves
calf calves
elf elves
self selves
yourself yourselves
scarf scarves
hoof hooves
dwarf dwarves
wharf wharves
sheaf sheaves
axis axes
axe ax axes axed
base bases based
diagnosis diagnoses
prognosis prognoses
hypothesis hypotheses
thesis theses
synthesis syntheses
parenthesis parentheses
emphasis emphases
oasis oases
synopsis synopses
paralysis paralyses
metamorphosis metamorphoses
passerby passersby
"""
"""Words with their forms, a word a line."""
COMPOUNDS = [
    *(("man", "men"), ("child", "children"), ("person", "people"), ("wife", "wives")),
    *(("wolf", "wolves"), ("shelf", "shelves"), ("foot", "feet"), ("leaf", "leaves")),
]
"""Last parts of words and their plurals: ``salesman`` and ``salesmen``."""
_DOUBLED = re.compile("[^aeiou][aeiou][bdgmnpt]$")
_NO_VOWEL = re.compile("([bcdfghjklmnpqrtvwxz]{2,6}?)s?")  # PDFs: Snowball does not see a plural
_FF = re.compile("(..+ff)(s|ed|ing)?")


def english_forms(word: str) -> frozenset[str]:
    """Return the forms of each English word that this may be a form of, in lower case."""
    found = set(_FORMS.get(word, ()))
    for one, many in COMPOUNDS:
        for this, other in ((one, many), (many, one)):
            if len(word) >= len(this) + 2 and word.endswith(this):
                found.add(word.removesuffix(this) + other)
    if abbreviation := _NO_VOWEL.fullmatch(word):
        found.update((abbreviation[1], f"{abbreviation[1]}s"))
    if doubled := _FF.fullmatch(word):
        found.update(doubled[1] + ending for ending in ("", "s", "ed", "ing"))
    return frozenset(found)


def _degrees(word: str) -> list[str]:
    stem = word.removesuffix("e")
    if word.endswith("y") and word[-2] not in "aeiou":
        stem = word[:-1] + "i"
    elif _DOUBLED.search(word) and word not in ("stupid", "thorough"):
        stem = word + word[-1]
    return [word, f"{stem}er", f"{stem}est"]


def _by_form() -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for forms in [
        *map(_degrees, COMPARED.split()),
        *(line.split() for line in IRREGULAR.strip().splitlines()),
    ]:
        for each in forms:
            found[each].update(forms)
    return {form: frozenset(forms) for form, forms in found.items()}


_FORMS = _by_form()
