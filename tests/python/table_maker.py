"""
Random tables as people have them, for tables.py: all that is random about a case is here, and follows from its seed.

A case is a table with one label, cut among owners by rows and by columns, and what the parties do with it.  Cells are
text, so that the numbers that they stand for are known exactly.
"""

import copy
import math
import random
from fractions import Fraction

NAMES = ['age', 'blood pressure', 'x1', 'income', 'größe', 'k2', 'Volt.mean', 'a-b', 'leuko', 'T_0']
WORDS = [['no', 'yes'], ['red', 'green', 'blue'], ['north', 'east', 'south west', 'west'], ['A', 'AB', 'B', '0']]
LABEL = 'outcome'
TEMPERS = {                     # decimal logarithms of the least and the largest size of a column
    'tame': (-1, 2),            # what any table may have
    'large': (2, 4.4),          # below 2^15, with deviations of hundreds and thousands
    'wild': (-9, 12),
    'huge': (4.4, 11),          # beyond what is multiplied without a range
}
WRONG_LABELS = {'logistic': ['-1/1', '1/2', 'one class more', 'real numbers'],
                'softmax': ['from 1', 'one class more', 'real numbers']}


class Column:
    """Cells with what its owner may declare of it."""

    def __init__(self, name, kind, cells):
        self.name, self.kind, self.cells = name, kind, cells
        self.low = self.high = None     # the range to declare, of numbers: decimals as text
        self.words = None               # categories, or the words that stand for classes 0, 1, ...
        self.na = None                  # what is done about missing cells: drop, mean or a number as text

    def numbers(self):
        """numbers(): the exact values, None where one is missing."""
        if self.words is not None:
            return [Fraction(self.words.index(c)) for c in self.cells]
        return [None if c == '' else Fraction(c) for c in self.cells]

    def taken(self, rows):
        """taken(rows): the same column of these rows alone."""
        c = Column(self.name, self.kind, [self.cells[i] for i in rows])
        c.low, c.high, c.words, c.na = self.low, self.high, self.words, self.na
        return c


class Case:
    """A table and what becomes of it; see options and make."""

    def __init__(self, seed, declared):
        self.seed, self.declared = seed, declared
        self.columns, self.label, self.truth, self.forecast, self.later = [], None, None, None, []

    def but(self, name, value):
        """but(name, value): the same case with one thing else."""
        other = copy.copy(self)
        setattr(other, name, value)
        return other

    def without(self, j):
        """without(j): the same case without a feature."""
        other = self.but('columns', self.columns[:j] + self.columns[j + 1:])
        other.later = self.later[:j] + self.later[j + 1:]
        return other

    def taken(self, rows):
        """taken(rows): the same case with these rows alone."""
        other = self.but('rows', len(rows))
        other.columns = [c.taken(rows) for c in self.columns]
        other.label = self.label.taken(rows)
        other.truth = other.label if self.truth is self.label else self.truth.taken(rows)
        other.forecast = self.forecast and self.forecast.taken(rows)
        return other

    def owned_rows(self):
        """owned_rows(): the rows of each of the row owners."""
        k = min(self.row_owners, self.rows)
        return [range(i * self.rows // k, (i + 1) * self.rows // k) for i in range(k)]

    def kept_rows(self):
        """kept_rows(): those that no owner leaves out."""
        dropping = [c for c in self.columns if c.na == 'drop']
        return [i for i in range(self.rows) if all(c.cells[i] != '' for c in dropping)]

    def seen_wrong(self):
        """seen_wrong(): what is wrong with the label, if it can be seen: a declaration says so, or a row that is kept."""
        cells = (self.label if self.wrong_where == 'table' else self.truth).cells
        known = {str(k) for k in range(self.classes)}
        seen = self.declared or any(cells[i] not in known for i in self.kept_rows())
        return self.wrong if seen else None

    def joins_codes(self):
        """joins_codes(): whether owners have coded the label in different orders."""
        return self.recoded and self.label.words is not None and len(self.owned_rows()) > 1

    def drops(self):
        """drops(): whether an owner leaves rows out."""
        return len(self.kept_rows()) < self.rows

    def owned_columns(self):
        """owned_columns(): the columns of each of the column owners, the label at the last one."""
        columns = self.columns + [self.label]
        k = min(self.column_owners, len(columns))
        return [columns[i * len(columns) // k:(i + 1) * len(columns) // k] for i in range(k)]


# ---- columns


def decimals(rng, values):
    """decimals(rng, values): as text, with as many digits as people have, and now and then an exponent."""
    digits = rng.choice([3, 4, 6, 9, 12])
    style = rng.choice(['%.*g', '%.*g', '%.*e'])
    return [style % (digits - (style == '%.*e'), v) for v in values]


def size(rng, temper):
    """size(rng, temper): of a column; in a mixed table some are wild."""
    if temper == 'mixed':
        temper = 'wild' if rng.random() < 0.3 else 'tame'
    return 10 ** rng.uniform(*TEMPERS[temper])


def spread(rng, rows, scale):
    return [scale * rng.gauss(0, 1) for _ in range(rows)]


def offset(rng, rows, scale):
    """Far from 0 in relation to its deviation: years, temperatures in kelvin, sums of money."""
    deviation = scale * 10 ** -rng.uniform(0, 4)
    return [scale + deviation * rng.gauss(0, 1) for _ in range(rows)]


def skewed(rng, rows, scale):
    return [scale / 20 * math.exp(rng.gauss(0, 1)) for _ in range(rows)]


def counts(rng, rows, scale):
    return [float(int(abs(scale * rng.gauss(0, 1)))) for _ in range(rows)]


def sparse(rng, rows, scale):
    return [scale * rng.random() if rng.random() < 0.2 else 0.0 for _ in range(rows)]


def ascending(rng, rows, scale):
    """Sorted, so that the last rows are far from the mean of the first ones."""
    return sorted(spread(rng, rows, scale))


def constant(rng, rows, scale):
    return [scale] * rows


PROFILES = [spread, spread, offset, skewed, counts, sparse, ascending, constant]


def outward(value, step, up):
    """outward(value, step, up): the next multiple of a step, above or below."""
    return (-((-value) // step) if up else value // step) * step


def declare(rng, column, slack=1):
    """
    declare(rng, column, slack): the range that somebody would declare who has seen the column, or only knows the kind of
    thing; ${slack} times as wide.
    """
    present = [x for x in column.numbers() if x is not None] or [Fraction(0)]
    if column.na not in (None, 'drop', 'mean'):
        present.append(Fraction(column.na))
    low, high = min(present), max(present)
    width = max(high - low, abs(high) / 10 ** 3, Fraction(1, 10 ** 12))
    width *= rng.choice([1, 1, 1, 3, 30]) * slack
    step = Fraction(10) ** math.floor(math.log10(width))
    middle = (low + high) / 2
    low = outward(min(low, middle - width / 2), step, False)
    high = outward(max(high, middle + width / 2), step, True)
    column.low, column.high = plain(low), plain(high)


def plain(x):
    """plain(x): a Fraction that is a decimal, as text."""
    if x.denominator == 1:
        return str(x.numerator)
    places = 0
    while (x * 10 ** places).denominator != 1:
        places += 1
    digits = str(abs(x.numerator) * 10 ** places // x.denominator).rjust(places + 1, '0')
    return ('-' if x < 0 else '') + digits[:-places] + '.' + digits[-places:]


def feature(rng, case, name):
    """feature(rng, case, name): of any kind; now and then a multiple of an earlier one."""
    if rng.random() < 0.15:
        return category(rng, name, case.rows)
    earlier = [c for c in case.columns if c.kind == 'number']
    if earlier and rng.random() < 0.15:
        factor = rng.choice([1, 1, -2])
        return Column(name, 'number', [plain(factor * x) for x in rng.choice(earlier).numbers()])
    values = rng.choice(PROFILES)(rng, case.rows, size(rng, case.temper))
    if rng.random() < 0.3:
        values = [-v for v in values]
    return Column(name, 'number', decimals(rng, values))


def category(rng, name, rows):
    words = rng.choice(WORDS)
    c = Column(name, 'category', [rng.choice(words) for _ in range(rows)])
    c.words = list(words)
    return c


def lose(rng, case, column):
    """lose(rng, case, column): some cells are missing; of each owner's rows, one stays at least."""
    cells = column.cells
    share = rng.choice([0.05, 0.2])
    keep = {rows[0] for rows in case.owned_rows()}
    column.cells = [c if i in keep or rng.random() >= share else '' for i, c in enumerate(cells)]
    column.na = rng.choice(['drop', cells[0]])
    if column.na == 'drop' and case.declared and case.column_owners > 1:
        column.na = cells[0]        # rows that one owner leaves out do not fit another's columns


def lose_apart(rng, case):
    """
    lose_apart(rng, case): two owners of columns leave out other rows, but as many: what is left does not belong together,
    and its shape does not show it.
    """
    apart = [[c for c in columns if c.kind == 'number' and c is not case.label] for columns in case.owned_columns()]
    if len(apart) < 2 or not apart[0] or not apart[1]:
        return
    case.row_owners = 1
    count = max(case.rows // 8, 1)
    rows = rng.sample(range(case.rows), 2 * count)
    for column, lost in ((rng.choice(apart[0]), rows[:count]), (rng.choice(apart[1]), rows[count:])):
        column.cells = ['' if i in lost else c for i, c in enumerate(column.cells)]
        column.na = 'drop'


# ---- labels


def signal(rng, columns, rows):
    """signal(...): what a label depends on: a sum of standardized columns."""
    z = [0.3 * rng.gauss(0, 1) for _ in range(rows)]
    for c in columns:
        x = [float(v or 0) for v in c.numbers()]
        mean = sum(x) / rows
        deviation = math.sqrt(sum((v - mean) ** 2 for v in x) / rows)
        if deviation > 1e-9 * abs(mean):
            factor = rng.uniform(-1, 1)
            z = [a + factor * (v - mean) / deviation for a, v in zip(z, x)]
    return z


def classes(z, count):
    """classes(z, count): by size, as even as can be."""
    order = sorted(range(len(z)), key=z.__getitem__)
    found = [0] * len(z)
    for position, i in enumerate(order):
        found[i] = position * count // len(z)
    return found


def wrong_label(rng, case, found, z):
    """wrong_label(...): what is no class, or not of as many classes as are said."""
    if case.wrong == 'real numbers':
        return Column(LABEL, 'number', ['%.3f' % v for v in z])
    if case.wrong == '-1/1':
        cells = [str(2 * k - 1) for k in found]
    elif case.wrong == 'one class more':
        cells = [str(case.classes if i == 0 else k) for i, k in enumerate(found)]
    else:
        cells = [str(k + 1) for k in found]
    bad = Column(LABEL, 'label', cells)
    if case.declared:
        bad.words = [str(k) for k in range(case.classes + 1)]
    return bad


def label_columns(rng, case):
    """label_columns(rng, case): the label to learn, and the one to compare predictions with: one of them may be wrong."""
    rows = len(case.columns[0].cells)
    z = signal(rng, case.columns, rows)
    if case.task == 'linear':
        scale = size(rng, case.label_temper)
        center = scale * rng.choice([0, 0, 1, 10])
        label = Column(LABEL, 'number', decimals(rng, [center + scale * v for v in z]))
        return label, label
    found = classes(z, case.classes)
    label = Column(LABEL, 'label', [str(k) for k in found])
    if case.coded:
        label.words = ['no', 'yes'] if case.classes == 2 else ['grade %d' % k for k in range(case.classes)]
        label.cells = [label.words[k] for k in found]
    if case.wrong is None:
        return label, label
    bad = wrong_label(rng, case, found, z)
    return (bad, bad) if case.wrong_where == 'table' else (label, bad)


# ---- cases


def options(rng, case, most_rows):
    """options(rng, case, most_rows): all that is not in the cells."""
    declared = case.declared
    tempers = ['tame', 'mixed', 'wild', 'large'] if case.declared else ['tame', 'tame', 'large', 'mixed']
    case.temper, case.label_temper = rng.choice(tempers), rng.choice(tempers)
    case.task = rng.choice(['linear', 'logistic', 'logistic', 'softmax'])
    case.classes = {'linear': 0, 'logistic': 2, 'softmax': rng.choice([3, 4])}[case.task]
    case.wrong = None
    if case.task != 'linear' and rng.random() < (0.1 if case.declared else 0.3):
        case.wrong = rng.choice(WRONG_LABELS[case.task][-2:] if case.declared else WRONG_LABELS[case.task])
    case.wrong_where = rng.choice(['table', 'truth'])
    case.coded = case.declared or rng.random() < 0.3
    most = rng.choice([5, 12, 24, 48] + ([200, 1500] if most_rows >= 1500 else []))
    case.rows = rng.randint(max(most // 2, 4), most)
    case.row_owners = rng.choice([1, 1, 2, 3, 5])
    case.column_owners = rng.choice([1, 1, 1, 2])
    case.parties = rng.choice([2, 2, 2, 3])
    case.standardize = case.temper != 'tame' or rng.random() < 0.7
    case.population = rng.random() < 0.3
    case.faithful = rng.random() < 0.1
    case.dealer_reveals = rng.random() < 0.3
    # some declare ranges that are far wider than what they have
    case.slack = rng.choice([10 ** 2, 10 ** 4, 10 ** 6, 10 ** 8]) if declared and rng.random() < 0.3 else 1
    case.standardize = case.standardize or case.slack > 1


def make(seed, declared, most_rows=48):
    """make(seed, declared, most_rows): a new case."""
    rng = random.Random('table %d %d' % (seed, declared))
    case = Case(seed, declared)
    options(rng, case, most_rows)
    for name in rng.sample(NAMES, rng.randint(1, 5)):
        case.columns.append(feature(rng, case, name))
    case.label, case.truth = label_columns(rng, case)
    numbers = [c for c in case.columns if c.kind == 'number']
    if case.column_owners > 1 and not declared and rng.random() < 0.3:
        lose_apart(rng, case)
    elif numbers and rng.random() < 0.25:
        lose(rng, case, rng.choice(numbers))
    for c in numbers + [c for c in (case.label, case.truth) if c.kind == 'number']:
        declare(rng, c, case.slack if rng.random() < 0.5 else 1)
    if case.label.kind == 'number':
        case.forecast = forecast(rng, case)
    elif case.task == 'logistic':
        case.forecast = rating(rng, case)
    case.later = [later(rng, case, c) for c in case.columns]
    # an owner codes the same words in another order
    case.recoded = case.coded and case.row_owners > 1 and random.Random('recoded %d' % seed).random() < 0.1
    # or standardizes a column alone
    case.scaled = standardized(random.Random('scaled %d' % seed), case)
    return case


def standardized(rng, case):
    """standardized(rng, case): the column that one of several owners of rows standardizes before it is shared, or None."""
    columns = [c for c in case.owned_columns()[0] if c.kind == 'number' and c.na is None and c is not case.label]
    rows = case.owned_rows()
    if case.declared or case.recoded or len(rows) < 2 or not columns or rng.random() >= 0.1:
        return None
    c = rng.choice(columns)
    return c if len({c.cells[i] for i in rows[0]}) > 1 else None


def rating(rng, case):
    """rating(rng, case): what somebody says of a class, by a number of any size: a price, a voltage, a score around 1/2."""
    scale = 10 ** rng.uniform(*TEMPERS['wild' if case.declared else rng.choice(['tame', 'large', 'huge'])])
    center = rng.choice([0, 0.5, 0.5, 3 * scale])
    values = [center + scale * (rng.gauss(0, 1) + rng.choice([0.5, 1]) * v) for v in map(float, case.label.numbers())]
    c = Column('forecast', 'number', decimals(rng, values))
    declare(rng, c, case.slack if rng.random() < 0.5 else 1)
    return c


def forecast(rng, case):
    """forecast(rng, case): what somebody predicted, near the label."""
    values = [float(x) for x in case.label.numbers()]
    width = max(max(values) - min(values), 1e-12)
    noise = width * rng.choice([0.03, 0.3])
    c = Column('forecast', 'number', ['%.9g' % (v + noise * rng.gauss(0, 1)) for v in values])
    declare(rng, c, case.slack if rng.random() < 0.5 else 1)
    return c


def later(rng, case, column):
    """later(rng, case, column): of rows that nobody trained on: like the others, or far from them, but in the range."""
    choices = [c for c in column.cells if c != '']
    if column.kind == 'number' and case.declared:
        choices += [column.low, column.high] if case.slack == 1 else []
    elif column.kind == 'number' and rng.random() < 0.3:
        choices.append(plain(100 * Fraction(choices[0])))
    c = column.taken(range(0))
    c.cells = [rng.choice(choices) for _ in range(5)]
    return c
