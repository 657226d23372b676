"""
What is right for a case of table_maker: statistics by exact fractions, trainings and predictions in float64, figures of
scores; and how far a result may be off.  Plain Python, sharing no code with the toolkit.
"""

import bisect
import math
from fractions import Fraction

from exact import nearest_even

UNIT = 2.0 ** -16
FLOOR = 0.75                    # below this deviation, undeclared columns have an absolute bound in place of a relative one
RELATIVE = 1e-4
FLAT = 5e-5                     # by as much rounding to the unit of a range may change a correlation
FEWEST = 10                     # rows of an owner of which parties ask whether all numbers are small, or all labels classes
LIMIT = 2.0 ** 15               # undeclared columns of this size may be refused where they are multiplied


class Shared:
    """A column as the parties have it: its exact values, and how exact results are."""

    def __init__(self, name, values, source, declared):
        self.name, self.values, self.source = name, values, source
        self.ranged = declared and source.kind == 'number'
        if self.ranged:
            low, high = Fraction(source.low), Fraction(source.high)
            self.scale = scale_of(max(abs(low), abs(high)))
            self.reach = float(max(abs(low), abs(high)))
            self.unit, self.floor = float(1 / self.scale), float(high - low) / 1000
        else:
            self.reach = max([LIMIT, *(abs(float(v)) for v in values)])
            self.scale, self.unit, self.floor = Fraction(65536), UNIT, FLOOR
            self.values = [rounded(v) for v in values]
        common = math.lcm(*(v.denominator for v in self.values))
        self.whole, self.common = [v.numerator * (common // v.denominator) for v in self.values], common
        self.floats = [float(v) for v in self.values]

    def largest(self):
        return max(map(abs, self.floats))

    def undeclared(self):
        return not self.ranged and self.source.words is None

    def suspect(self):
        """suspect(): whether a tool may refuse to multiply it: it is undeclared and large."""
        return not self.ranged and self.largest() >= LIMIT - 1

    def heavy(self):
        """heavy(): whether its sums may have no room, so that no owner may share it without a range."""
        return self.undeclared() and sum(map(abs, self.floats)) >= 2.0 ** 43

    def vanishes(self):
        """vanishes(): whether rounding leaves nothing of it, or nothing of what an owner has of it."""
        return (any(0 < abs(x) < self.unit for x in self.source.numbers() if x is not None) if self.ranged or
                self.source.words is None else False)

    def words(self):
        """words(): what the parties have in place of the values."""
        return [Fraction(nearest_even(v * self.scale)) / self.scale for v in self.values]

    def change(self):
        """change(): by how much rounding to the unit of its range may change a correlation of a column."""
        n, spread = len(self.values), central([v * self.scale for v in self.values])
        if not self.ranged or n < 3 or spread == 0:
            return 0.0
        changed = float(central([(w - v) * self.scale for v, w in zip(self.values, self.words())]) / spread)
        return changed / 2 + 3 * math.sqrt(changed / n)

    def flat(self):
        """flat(): whether an owner may be refused a column of which rounding leaves too little, or a range too wide for it."""
        spread = central([v * self.scale for v in self.values])
        if self.undeclared() and len(self.values) < FEWEST:
            few = max(abs(v) * self.scale for v in self.values) < 65 or 0 < spread < len(self.values) / 12 / 0.009
            return len(self.values) > 1 and few
        if self.undeclared():
            return 0 < spread < len(self.values) / 12 / (0.9 * RELATIVE)
        return self.change() > 0.9 * FLAT


def scale_of(reach):
    """scale_of(reach): what a number is multiplied by to become a word, the largest at which the reach is at most 2^30."""
    scale = Fraction(2) ** 1000
    while reach * scale > 2 ** 30:
        scale /= 2
    return scale


def central(values):
    """central(values): the sum of squares of the distances from the mean, exact."""
    return sum(v * v for v in values) - Fraction(sum(values)) ** 2 / len(values)


def rounded(x):
    return Fraction(nearest_even(x * 65536), 65536)


def filled(column):
    """filled(column): its values with what is taken in place of missing ones."""
    return [Fraction(column.na) if x is None and column.na != 'drop' else x for x in column.numbers()]


def shared_columns(case, columns, rows):
    """shared_columns(case, columns, rows): of these rows, after one-hot coding."""
    found = []
    for c in columns:
        if c.kind == 'category':
            found += [Shared('%s=%s' % (c.name, w), [Fraction(c.cells[i] == w) for i in rows], c, case.declared)
                      for w in c.words]
        else:
            found.append(shared_column(case, c, rows))
    return found


def shared_column(case, column, rows):
    values = filled(column)
    return Shared(column.name, [values[i] for i in rows], column, case.declared)


# ---- statistics


def total(c):
    return Fraction(sum(c.whole), c.common)


def covariance(a, b, population):
    n = len(a.whole)
    central = n * sum(x * y for x, y in zip(a.whole, b.whole)) - sum(a.whole) * sum(b.whole)
    return Fraction(central, n * (n if population else n - 1) * a.common * b.common)


def deviation(c):
    return math.sqrt(covariance(c, c, True))


def mean_bound(c):
    if c.ranged:
        return 2.0 ** -28 * c.reach
    return 2 * UNIT if c.undeclared() else 2.0 ** -28 * max(1, c.largest())


def sum_bound(c):
    return (len(c.whole) + 1) * c.unit / 2 if c.ranged else UNIT / 2     # the 1 is for the decimal


def half_unit(c):
    """half_unit(c): by as much at most the parties' words of a column are off; undeclared values are words."""
    return c.unit / 2 if c.ranged else 0.0


def covariance_bound(a, b, value):
    """
    covariance_bound(a, b, value): 1e-4, or that of a thousandth of the ranges; what rounding the data does to it; and a few
    units of the result.
    """
    units = 5 * (a.unit / UNIT) * (b.unit / UNIT) * UNIT
    return (RELATIVE * max(abs(value), a.floor * b.floor if a.ranged and b.ranged else 0)
            + half_unit(a) * deviation(b) + half_unit(b) * deviation(a) + 1e-6 * deviation(a) * deviation(b) + units)


def square_bound(label, value, given=None):
    """square_bound(label, value, given): of a mean of squares of errors of ${given} in this label."""
    if label.ranged:
        floors = [c.floor for c in (label, given) if c is not None and c.ranged]
        return RELATIVE * max(value, max(floors) ** 2)
    return RELATIVE * value + UNIT / 4 * (1 + math.sqrt(value))


def r2_bound(label, r2, rows, given=None):
    """
    r2_bound(label, r2, rows, given): 1e-4, of figures near 1; what rounding does to predictions that somebody shares, and to
    labels of which an owner has few ${rows}.
    """
    variance = deviation(label) ** 2
    bound = RELATIVE * (1 + (1 - r2) ** 2)
    if not label.ranged:
        return bound + square_bound(label, (1 - r2) * variance) / variance
    if given is not None or rows < 3:
        off = (half_unit(given) if given is not None else 0) + (half_unit(label) if rows < 3 else 0)
        bound += (off ** 2 + 2 * off * math.sqrt((1 - r2) * variance)) / variance
    return bound


def correlation(a, b):
    root = math.sqrt(covariance(a, a, True) * covariance(b, b, True))
    return float(covariance(a, b, True)) / root if root else 0.0


def correlation_bound(a, b, rows):
    """
    correlation_bound(a, b, rows): and whether it may be 0, since a column hardly varies.  Of columns of which an owner has
    few ${rows} nobody looks at what rounding does.
    """
    bound, flat = RELATIVE, False
    for c in (a, b):
        units = deviation(c) / c.unit
        if units == 0:
            return 0.0, True
        bound += 4 / (len(c.values) * units ** 2) + (2 * half_unit(c) / c.unit / units if rows < 3 else 0)
        flat = flat or units < 3
    return min(bound, 2.0), flat


def quantile(values, share):
    """quantile(values, share): type 7 of R, exact."""
    ordered, h = sorted(values), (len(values) - 1) * Fraction(share)
    k = math.floor(h)
    return ordered[k] + (h - k) * (ordered[k + 1] - ordered[k]) if h > k else ordered[k]


def mode(values):
    """mode(values): the commonest, and of several the smallest."""
    return min(values, key=lambda v: (-values.count(v), v))


def ranks(values):
    """ranks(values): less their mean; equal values have the mean of their ranks."""
    ordered = sorted(values)
    return [bisect.bisect_left(ordered, v) + bisect.bisect_right(ordered, v) - len(values) for v in values]


def product_moment(a, b):
    """product_moment(a, b): the correlation of numbers with the mean 0."""
    root = math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))
    return sum(x * y for x, y in zip(a, b)) / root if root else 0.0


# ---- groups


def group_figure(kind, c, rows):
    """group_figure(kind, c, rows): of the words of these rows, and how far off it may be."""
    words = [(c.words() if c.ranged else c.values)[i] for i in rows]
    mean = Fraction(sum(words), len(words))
    decimal = abs(float(max(words, key=abs))) * 2.0 ** -45
    if kind == 'mean':
        return mean, mean_bound(c) + decimal
    if kind == 'variance':
        variance = sum((w - mean) ** 2 for w in words) / len(words)
        return variance, RELATIVE * max(float(variance), c.floor ** 2 / 100)
    value = {'sum': sum(words), 'min': min(words), 'max': max(words)}[kind]
    return value, c.unit / 2 + decimal * len(words)


def shown_groups(counts, least):
    """shown_groups(counts, least): which have rows enough; if few rows are in none of them, the smallest are left out, too."""
    enough = [n >= least for n in counts]
    rest = sum(n for n, yes in zip(counts, enough) if not yes)
    if 0 < rest < least and any(enough):
        smallest = min(n for n, yes in zip(counts, enough) if yes)
        enough = [yes and n > smallest for n, yes in zip(counts, enough)]
    return enough


# ---- models


def standard(columns):
    """standard(columns): mean and 1 / deviation of each; 0 for one that does not vary."""
    means = [float(total(c) / len(c.whole)) for c in columns]
    spreads = [deviation(c) for c in columns]
    return means, [1 / s if s >= (0 if c.ranged else 2.0 ** -12) and s > 0 else 0.0 for c, s in zip(columns, spreads)]


def activate(task, z):
    if task == 'linear':
        return z
    if task == 'logistic':
        return [1 / (1 + math.exp(-max(min(v, 700), -700))) for v in z]
    e = [math.exp(v - max(z)) for v in z]
    return [v / sum(e) for v in e]


def scores(x, weight, bias):
    return [[b + sum(v * w[k] for v, w in zip(row, weight)) for k, b in enumerate(bias)] for row in x]


class Descent:
    """Gradient descent from 0 over all rows at once, in float64."""

    def __init__(self, task, x, targets, epochs, rate):
        outputs = len(targets[0])
        self.weight, self.bias = [[0.0] * outputs for _ in x[0]], [0.0] * outputs
        self.largest = self.steepest = 0.0
        self.calm, before = True, None
        for _ in range(epochs):
            p = [activate(task, z) for z in scores(x, self.weight, self.bias)]
            loss = mean_loss(task, p, targets)
            self.calm = self.calm and (before is None or loss <= before * (1 + 1e-9))
            before = loss
            if not math.isfinite(loss) or loss > 1e300:
                self.largest, self.calm = math.inf, False
                break
            self.step(x, [[(2 if task == 'linear' else 1) * (a - b) for a, b in zip(r, t)]
                          for r, t in zip(p, targets)], rate)

    def step(self, x, d, rate):
        n = len(x)
        for k in range(len(self.bias)):
            slopes = [sum(row[j] * e[k] for row, e in zip(x, d)) / n for j in range(len(self.weight))]
            for j, slope in enumerate(slopes):
                self.weight[j][k] -= rate * slope
            slopes.append(sum(e[k] for e in d) / n)
            self.bias[k] -= rate * slopes[-1]
            self.steepest = max(self.steepest, *map(abs, slopes))
        self.largest = max(self.largest, *(abs(v) for row in self.weight + [self.bias] for v in row))


def mean_loss(task, p, targets):
    if task == 'linear':
        return sum((a[0] - b[0]) ** 2 for a, b in zip(p, targets)) / len(p)
    tiny = 2.0 ** -16
    if task == 'logistic':
        return -sum(math.log(max(a[0] if b[0] == 1 else 1 - a[0], tiny)) for a, b in zip(p, targets)) / len(p)
    return -sum(math.log(max(a[b.index(1.0)], tiny)) for a, b in zip(p, targets)) / len(p)


def targets_of(case, label):
    if case.task == 'softmax':
        return [[float(v == k) for k in range(case.classes)] for v in label.values]
    return [[v] for v in label.floats]


def rows_of(columns):
    return [list(r) for r in zip(*(c.floats for c in columns))]


def applied(x, means, factors):
    return [[(v - m) * s for v, m, s in zip(r, means, factors)] for r in x]


class Model:
    """What smpc-reveal says of a trained model, for float64."""

    def __init__(self, about, tensors):
        self.features = about['features']
        self.means, self.factors = (tensors[t][0] if t in tensors else None
                                    for t in ('standardize.mean', 'standardize.scale'))
        self.weight, self.bias = tensors['dense1.weight'], tensors['dense1.bias'][0]
        # of labels that were standardized
        self.middle, self.spread = (tensors[t][0] if t in tensors else None for t in ('label.mean', 'label.scale'))

    def inputs(self, x):
        return x if self.means is None else applied(x, self.means, self.factors)

    def scores(self, x):
        out = scores(self.inputs(x), self.weight, self.bias)
        if self.middle is None:
            return out
        return [[y * s + m for y, s, m in zip(row, self.spread, self.middle)] for row in out]


# ---- scores


def quotient(a, b):
    return a / b if b else None


def averaged(values):
    return values[1] if len(values) == 2 else sum(v or 0 for v in values) / len(values)


def area(given, labels):
    hits = pairs = 0
    for s, t in zip(given, labels):
        for u, v in zip(given, labels):
            if t == 1 and v == 0:
                hits += 1 if s > u else 0.5 if s == u else 0
                pairs += 1
    return quotient(hits, pairs)


def counted(p, y, loss=True):
    """counted(p, y, loss): the figures of classes, from rows of probabilities, or numbers that have no logarithm, and classes."""
    k, n = max(len(p[0]), 2), len(p)
    said = [r.index(max(r)) if len(r) > 1 else int(r[0] >= 0.5) for r in p]
    table = [[sum(1 for a, b in zip(y, said) if (a, b) == (i, j)) for j in range(k)] for i in range(k)]
    hits, given = [table[i][i] for i in range(k)], [sum(r[i] for r in table) for i in range(k)]
    true = [sum(r) for r in table]
    own = [r[int(t)] if len(r) > 1 else r[0] if t else 1 - r[0] for r, t in zip(p, y)]
    recalls = [quotient(a, b) for a, b in zip(hits, true)]
    spread = math.prod(n * n - sum(v * v for v in c) for c in (given, true))
    areas = [area([r[i] for r in p], [int(t == i) for t in y]) for i in range(k)] if k > 2 else [area([r[0] for r in p], y)]
    return {
        'accuracy': sum(hits) / n,
        'balanced-accuracy': None if None in recalls else sum(recalls) / k,
        'mcc': (n * sum(hits) - sum(a * b for a, b in zip(given, true))) / math.sqrt(spread) if spread else None,
        'confusion': table,
        'precision': averaged([quotient(a, b) for a, b in zip(hits, given)]),
        'recall': averaged(recalls),
        'specificity': averaged([quotient(n - a - b + h, n - b) for h, a, b in zip(hits, given, true)]),
        'f1': averaged([quotient(2 * a, b + c) for a, b, c in zip(hits, given, true)]),
        'auc': None if None in areas else sum(areas) / len(areas),
        'log-loss': -sum(math.log(max(v, 2.0 ** -16)) for v in own) / n if loss else None,
    }


def measured(p, y):
    """measured(p, y): the figures of distances; sums of squares by exact fractions, as differences of large numbers are lost."""
    p, y = [Fraction(v) for v in p], [Fraction(v) for v in y]
    n, mean = len(y), Fraction(sum(y), len(y))
    square, spread = sum((a - b) ** 2 for a, b in zip(p, y)), sum((b - mean) ** 2 for b in y)
    return {'mse': float(square / n), 'r2': float(1 - square / spread) if spread else None}
