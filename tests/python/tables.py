#!/usr/bin/env python3
"""
The property that matters most: every figure is right within its bound, or the pipeline ends with a status other than 0 and
a message that names the column.  Random tables (table_maker) go through all tools (table_pipeline) and are compared with
what is right (table_figures).

    tables.py [--declared | --undeclared] [--seeds FIRST-LAST | --seconds N [--first SEED]] [--rows MOST] [--keep DIR]
    tables.py --spoil [...]     see that wrong figures, and refusals that say nothing, would be noticed

Declared tables have ranges and words for classes; those are never refused.  Each failure is printed with its seed and the
command that repeats it, the first ones with a smaller table that fails, too; with --keep all files are kept.
"""

import argparse
import contextlib
import copy
import math
import os
import random
import re
import shutil
import sys
import tempfile
import time
import traceback
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import table_figures as right   # noqa: E402
import table_maker              # noqa: E402
import table_pipeline           # noqa: E402

EXACT = 1e-6                    # figures of counts: they have six digits
SHOWN = 4                       # faults of a table
SHRUNK = 3                      # of so many tables, a smaller one is looked for that fails, too


class Checker:
    """Compares what came of a case with what is right; faults is a list of texts."""

    def __init__(self, case, steps, results):
        self.case, self.steps, self.results, self.faults = case, steps, results, []
        self.wrong = case.seen_wrong()
        self.columns = right.shared_columns(case, case.columns + [case.label], case.kept_rows())
        self.features, self.label = self.columns[:-1], self.columns[-1]

    def fault(self, text, *values):
        self.faults.append(text % values)

    def near(self, what, got, want, bound):
        if got is None or not math.isfinite(got) or abs(got - float(want)) > bound:
            self.fault('%s is %s and should be %.10g, within %.3g', what, got, float(want), bound)

    def taken(self, name, suspects, nameless=False):
        """
        taken(name, suspects): whether a step was taken, and gave a result to be compared.  If it was refused, one of the
        columns ${suspects} must be the cause, and be named; with ${nameless}, no column need be.
        """
        step = self.steps.get(name)
        if step is None or step.done():
            return step is not None
        if name in ('stat', 'model', 'score', 'forecasts'):
            suspects = suspects + self.unasked()
        self.how_refused(step, suspects, nameless)
        return False

    def unasked(self):
        """unasked(): undeclared columns of which nobody asks what they are, as an owner has few rows."""
        if self.fewest() >= right.FEWEST:
            return []
        return [c for c in self.columns if c.undeclared()]

    def how_refused(self, step, suspects, nameless):
        names = [c.name for c in suspects]
        if set(step.statuses.values()) == {4} and 'left rows out (--na drop)' in step.said() and self.case.drops():
            return      # nobody knows whether rows at the same place belong together
        wrong = {2} if self.wrong is not None and self.case.declared else set()     # which the options contradict
        if not set(step.statuses.values()) <= {0, 1, 3, 4, 5} | wrong or set(step.statuses.values()) <= {0, 3}:
            self.fault('ends unasked: %s', step)
        elif not names and not nameless:
            self.fault('refused without a cause: %s', step)
        elif not nameless and not any(re.search(r'(?<!\w)%s(?!\w)' % re.escape(n), step.said()) for n in names):
            self.fault('refused, and none of the columns %s is named: %s', ', '.join(names), step)

    # ---- one step each

    def check(self):
        vanishing = [c for c in self.columns + self.apart() if c.vanishes() or c.heavy()]
        if not self.taken('share', vanishing + [c for c in self.owned() + self.apart() if c.flat()]):
            return
        if not self.steps['job'].done():
            self.fault('%s', self.steps['job'])
        dropping = [c for c in self.columns if c.source.na == 'drop'] if self.case.column_owners > 1 else []
        for i in range(len(self.case.owned_rows())):
            self.taken('rows%d' % i, dropping, nameless=bool(dropping))
        apart = [self.label] if self.case.joins_codes() else []
        apart += [c for c in self.columns if c.source is self.case.scaled]
        if 'table' not in self.steps or not self.taken('table', dropping + apart):
            return
        if apart:
            self.fault('%s means something else at one owner, and was joined', apart[0].name)
            return
        self.check_orders()
        self.check_groups()
        self.check_sums()
        self.check_statistics()
        self.check_order()
        self.check_training()
        self.check_predictions()
        self.check_foreseen()
        self.check_classes()
        self.check_score()
        self.check_forecasts()

    def apart(self):
        """apart(): what is shared by itself."""
        case = self.case
        return [right.shared_column(case, c, case.kept_rows()) for c in (case.truth, case.forecast)
                if c is not None and c is not case.label] + self.later()

    def owned(self):
        """owned(): the columns of each owner, with rows that another owner leaves out, and without."""
        found, kept = [], set(self.case.kept_rows())
        for c in self.case.columns + [self.case.label]:
            for rows in self.case.owned_rows():
                for some in ([i for i in rows if i in kept], [i for i in rows if c.na != 'drop' or c.cells[i] != '']):
                    found += right.shared_columns(self.case, [c], some) if some else []
        return found

    def fewest(self):
        """fewest(): how many rows an owner has, at least."""
        kept = set(self.case.kept_rows())
        return min(len(kept & set(rows)) for rows in self.case.owned_rows())

    def later(self):
        """later(): the features of the rows that are foreseen."""
        return right.shared_columns(self.case, self.case.later, range(len(self.case.later[0].cells)))

    def rows_named(self, tensor):
        if tensor.get('columns') != [c.name for c in self.columns]:
            self.fault('columns of %s are %s', tensor['name'], tensor.get('columns'))
        return tensor['rows']

    def check_orders(self):
        """Sorted by the first column, descending, then by the label; and in a secret order: the same rows."""
        rows = [tuple(row) for row in self.rows_named(self.results['table']['data'])]
        label = [c.name for c in self.columns].index(self.label.name)
        for name in ('ordered', 'mixed'):
            if not self.taken(name, []):
                continue
            got = [tuple(row) for row in self.rows_named(self.results[name]['data'])]
            if sorted(got) != sorted(rows):
                self.fault('%s has other rows than the table', name)
            if name == 'ordered' and got != sorted(rows, key=lambda row: (-row[0], row[label])):
                self.fault('%s is not in order', name)

    def check_groups(self):
        """Counts of each value of a category, and figures of all numbers; what few rows have is 0."""
        by, numbers = table_pipeline.groups(self.case)
        if by is None or not self.taken('grouped', []):
            return
        found = self.results['grouped']['data']
        of_row = [[i for i, v in enumerate(c.values) if v == 1] for c in self.columns if c.source is by]
        shown = right.shown_groups([len(rows) for rows in of_row], table_pipeline.LEAST)
        numbers = [c for c in self.columns if c.source in numbers]
        kinds = ('sum', 'mean', 'variance', 'min', 'max') if self.case.declared else ('sum',)
        names = [by.name, 'count', *('%s_%s' % (k, c.name) for k in kinds for c in numbers), 'shown']
        if found.get('columns') != names or len(found['rows']) != len(of_row):
            self.fault('groups are %s', found)
            return
        for k, (rows, yes, got) in enumerate(zip(of_row, shown, found['rows'])):
            for name, value, want in zip(('value', 'count', 'shown'), (got[0], got[1], got[-1]), (k, len(rows) * yes, yes)):
                self.near('%s of group %d' % (name, k), value, want, 0)
            for (kind, c), value in zip(((kind, c) for kind in kinds for c in numbers), got[2:]):
                want, bound = right.group_figure(kind, c, rows) if yes else (0, 0)
                if c.ranged or abs(want) < 2.0 ** 46:
                    self.near('%s of %s in group %d' % (kind, c.name, k), value, want, bound)

    def check_sums(self):
        rows = len(self.columns[0].values)
        for name, divisor in (('sum', 1), ('mean', rows)):
            if not self.taken(name, []):
                continue
            for c, got in zip(self.columns, self.rows_named(self.results[name]['data'])[0]):
                if not c.ranged and abs(right.total(c)) >= 2.0 ** 46:
                    continue                            # more than there is room for, as smpc-sum(1) says
                want = right.total(c) / divisor
                self.near('%s of %s' % (name, c.name), got, want,
                          right.sum_bound(c) / divisor + abs(float(want)) * 2.0 ** -52)

    def check_statistics(self):
        if not self.taken('stat', [c for c in self.columns if c.suspect()]):
            return
        found = self.results['stat']
        rows = len(self.columns[0].values)
        if any(v != rows for v in self.rows_named(found['count'])[0]):
            self.fault('counts are %s, and there are %d rows', found['count']['rows'], rows)
        for j, c in enumerate(self.columns):
            self.near('mean of ' + c.name, found['mean']['rows'][0][j], right.total(c) / rows, right.mean_bound(c))
            for k, b in enumerate(self.columns):
                self.check_pair(found, j, c, k, b)

    def check_order(self):
        if not self.taken('order', []):
            return
        found = self.results['order']
        ranks = [right.ranks(c.words()) for c in self.columns]
        for j, c in enumerate(self.columns):
            low, first, middle, third, high = (right.quantile(c.values, p) for p in ('0.1', '0.25', '0.5', '0.75', '0.9'))
            # a word, and the decimal that stands for one, are off by half a unit
            for what, row, want in (('median', 0, middle), ('iqr', 0, third - first), ('quantile', 0, low),
                                    ('quantile', 1, high)):
                self.near('%s of %s' % (what, c.name), found[what]['rows'][row][j], want, (2.6 if what == 'iqr' else 1.6) * c.unit)
            self.near('mode of ' + c.name, found['mode']['rows'][0][j], right.mode(c.words()), 0.6 * c.unit)
            for k, b in enumerate(self.columns):
                self.near('correlation of ranks of %s and %s' % (c.name, b.name), found['rank-correlation']['rows'][j][k],
                          right.product_moment(ranks[j], ranks[k]), 4e-5)

    def check_pair(self, found, j, a, k, b):
        want = right.covariance(a, b, self.case.population)
        bound = right.covariance_bound(a, b, want)
        self.near('covariance of %s and %s' % (a.name, b.name), found['covariance']['rows'][j][k], want, bound)
        if j == k:
            self.near('variance of ' + a.name, found['variance']['rows'][0][j], want, bound)
        bound, flat = right.correlation_bound(a, b, self.fewest())
        got = found['correlation']['rows'][j][k]
        if not (flat and got == 0):
            self.near('correlation of %s and %s' % (a.name, b.name), got, right.correlation(a, b), bound)
        if abs(got) > 1 + bound:
            self.fault('correlation of %s and %s is %s', a.name, b.name, got)

    def check_training(self):
        case = self.case
        bad = [self.label] if self.wrong is not None and case.wrong_where == 'table' else []
        x, targets = right.rows_of(self.features), right.targets_of(case, self.label)
        if case.standardize:
            x = right.applied(x, *right.standard(self.features))
        best = None
        if not bad:
            best = right.Descent(case.task, x, targets, table_pipeline.EPOCHS, table_pipeline.RATE)
        far = best is not None and (best.largest >= 2.0 ** 9 or best.steepest >= 2.0 ** 8)
        suspects = bad + [c for c in self.columns if c.suspect()]
        if case.task == 'linear' and far and not self.label.ranged:
            suspects.append(self.label)
        if case.task == 'linear' and not case.standardize and self.label.ranged and self.label.reach < 2.0 ** -6:
            suspects.append(self.label)     # 16 fraction bits of it would be too few
        if not case.standardize:
            suspects += [c for c in self.features if c.ranged and c.reach < 2.0 ** -6]
        if not self.taken('model', suspects, nameless=far and not case.standardize):
            return
        if bad:
            self.fault('a model was trained on labels %s', self.wrong)
        else:
            self.compare_models(x, targets, best)

    def compare_models(self, x, targets, best):
        """compare_models(...): what is learnt is as good as what float64 learns in as many steps."""
        task = self.case.task
        model = right.Model(*self.results['model'])
        if model.features != [c.name for c in self.features]:
            self.fault('features of the model are %s', model.features)
            return
        grainy = [c for c in self.features if c.undeclared() and 0 < right.deviation(c) < 20 * c.unit]
        if not best.calm or grainy:
            if best.largest >= 2.0 ** 11:
                self.fault('a model was written, though weights reach %.3g', best.largest)
            return
        got = [right.activate(task, z) for z in model.scores(right.rows_of(self.features))]
        want = [right.activate(task, z) for z in right.scores(x, best.weight, best.bias)]
        got_loss, want_loss = (right.mean_loss(task, p, targets) for p in (got, want))
        if task == 'linear':
            spread = right.deviation(self.label) ** 2
            if not got_loss <= want_loss + 0.01 * spread + (16 * self.label.unit) ** 2:
                self.fault('the model is off by %.6g in the square, float64 by %.6g', got_loss, want_loss)
        elif not abs(got_loss - want_loss) <= 0.01 + 0.02 * want_loss:
            self.fault('the log-loss of the model is %.4f, and %.4f in float64', got_loss, want_loss)

    def check_predictions(self):
        if self.taken('predicted', []):
            self.compare_predictions('predicted', self.features, self.case.task)

    def check_foreseen(self):
        """Rows may be so far from those that a model was trained on that there is no room for them, or none in its weights."""
        if 'foreseen' not in self.steps:
            return
        model, columns = right.Model(*self.results['model']), self.later()
        inputs = zip(*model.inputs(right.rows_of(columns)))
        far = [c for c, x in zip(columns, inputs) if not c.ranged and max(map(abs, x)) >= 2 ** 12]
        most = 4 * self.label.reach if self.label.ranged else 2.0 ** 17
        wide = any(abs(z - y) >= most for r in model.scores(right.rows_of(columns))
                   for z, y in zip(r, model.middle or [0] * len(r)))
        if self.taken('foreseen', far + [c for c in columns if c.suspect()], wide):
            self.compare_predictions('foreseen', columns, 'linear')

    def compare_predictions(self, name, columns, task):
        model = right.Model(*self.results['model'])
        want = [right.activate(task, z) for z in model.scores(right.rows_of(columns))]
        got = self.results[name]['data']['rows']
        if [len(r) for r in got] != [len(r) for r in want]:
            self.fault('%s: another shape', name)
            return
        bound = self.prediction_bound(model, columns, task)
        for i, (r, s) in enumerate(zip(got, want)):
            for a, b in zip(r, s):
                if not abs(a - b) <= bound:
                    self.fault('%s: row %d is %s, and the model says %.8g, within %.3g', name, i + 1, a, b, bound)
                    return

    def prediction_bound(self, model, columns, task):
        """prediction_bound(...): a unit for each product that is cut off, what data are rounded by, and functions are off by."""
        factors = model.factors or [1.0] * len(columns)
        weights = max(sum(abs(w[k]) for w in model.weight) for k in range(len(model.bias)))
        rounding = max(sum(abs(w[k]) * abs(f) * c.unit for c, w, f in zip(columns, model.weight, factors) if c.ranged)
                       for k in range(len(model.bias)))
        bound = 2 * right.UNIT * (2 + weights) + rounding
        if model.spread is not None:
            # in units of the label's deviation
            bound = bound * max(abs(s) for s in model.spread) + 2 * right.UNIT
        if task != 'linear':
            return bound + 1e-3
        if self.case.task == 'linear' and self.label.ranged:
            return max(bound, 0.1 * self.label.floor)
        return bound

    def check_classes(self):
        """Where two classes are not nearly as probable as each other."""
        if not self.taken('classes', []):
            return
        got = self.results['classes']['data']['rows']
        for i, (r, z) in enumerate(zip(got, right.Model(*self.results['model']).scores(right.rows_of(self.features)))):
            order = sorted(z) if len(z) > 1 else [0, abs(z[0])]
            due = z.index(max(z)) if len(z) > 1 else int(z[0] >= 0)
            if order[-1] - order[-2] > 0.01 and r != [due]:
                self.fault('class %d is %s, and the model says %d', i + 1, r, due)
                return

    def check_score(self):
        case = self.case
        bad = [self.label] if self.wrong is not None else []
        fine = self.label.ranged and self.label.reach < 1
        if not self.taken('score', bad + [self.label] * (fine or self.label.suspect())):
            return
        if bad:
            self.fault('figures of labels %s: %s', self.wrong, self.results['score'])
            return
        self.compare_figures('score', self.due_figures(self.results['predicted']['data']['rows']))

    def due_figures(self, p):
        """due_figures(p): of the predictions that were revealed; of a small probability the word counts, not its decimal."""
        want = {}
        if self.case.task != 'linear':
            p = [[right.rounded(Fraction(v)) for v in r] for r in p]
            want.update(right.counted(p, [int(v) for v in self.label.values]))
        if self.case.task != 'softmax':
            want.update(right.measured([r[0] for r in p], self.label.values))
        return want

    def check_forecasts(self):
        if self.case.forecast is None:
            return
        given = right.shared_column(self.case, self.case.forecast, self.case.kept_rows())
        if self.case.task != 'linear':
            self.check_ratings(given)
        elif self.taken('forecasts', [c for c in (given, self.label) if c.suspect()] + self.blurred(given)):
            self.compare_figures('forecasts', right.measured(given.values, self.label.values), given)

    def blurred(self, given):
        """blurred(given): the label, if it varies by little in a unit that holds what is compared with it."""
        unit = given.reach * 2.0 ** -34
        return [self.label] if self.label.ranged and given.ranged and right.deviation(self.label) < 2 ** 17 * unit else []

    def check_ratings(self, given):
        """check_ratings(given): of classes; words are compared, so that what is rounded to one word is a tie."""
        bad = [self.label] if self.wrong is not None and self.case.wrong_where == 'table' else []
        if not self.taken('forecasts', bad):
            return
        if bad:
            self.fault('figures of labels %s: %s', self.wrong, self.results['forecasts'])
            return
        self.compare_figures('forecasts', right.counted([[w] for w in given.words()], [int(v) for v in self.label.values],
                                                        loss=False))

    def compare_figures(self, name, want, given=None):
        for figure, got in self.results[name].items():
            due = want[figure]
            if figure == 'confusion' or got is None or due is None:
                if got != due and not (figure == 'r2' and got is None and 1 - due > 2 ** 20):
                    self.fault('%s in %s is %s, and should be %s', figure, name, got, due)
            else:
                self.near('%s in %s' % (figure, name), got, due, self.figure_bound(figure, due, given))

    def figure_bound(self, figure, due, given):
        if figure == 'log-loss':
            return 1e-3
        if figure == 'mcc':
            return 1.2e-5
        if figure == 'mse':
            return right.square_bound(self.label, due, given)
        if figure == 'r2':
            return right.r2_bound(self.label, due, self.fewest(), given)
        return EXACT


# ---- running


@contextlib.contextmanager
def directory():
    """directory(): an empty one to work in, which is gone at the end."""
    before, path = os.getcwd(), tempfile.mkdtemp(prefix='tables.')
    os.chdir(path)
    try:
        yield path
    finally:
        os.chdir(before)
        shutil.rmtree(path, ignore_errors=True)


def faults_in(case, steps, results):
    checker = Checker(case, steps, results)
    try:
        checker.check()
    except Exception:                                   # what a tool printed cannot be understood
        checker.fault('%s', traceback.format_exc())
    return checker.faults


def faults_of(case, keep=None):
    """faults_of(case, keep): run it and compare; keep all files in directory ${keep}, if there are faults."""
    with directory() as path:
        try:
            faults = faults_in(case, *table_pipeline.run(case))
        except Exception:                               # or cannot be read
            faults = [traceback.format_exc()]
        if faults and keep is not None:
            shutil.copytree(path, keep, dirs_exist_ok=True)
    return faults


def spoil_number(x):
    """spoil_number(x): another one, as a wrong program could print it."""
    return 0.5 if x is None else x * 1.03 + (0.03 if abs(x) < 1 else 0)


def spoilt_model(results):
    """spoilt_model(results): results with a model that says the opposite."""
    other = copy.deepcopy(results)
    for tensor in ('dense1.weight', 'dense1.bias'):
        for row in other['model'][1][tensor]:
            row[:] = [-v for v in row]
    return other


def spoilt_result(rng, results, name, place):
    """spoilt_result(...): results with one of their numbers, or one column of them, spoilt."""
    other = copy.deepcopy(results)
    value = other[name][place]
    rows = value if isinstance(value, list) else value['rows'] if isinstance(value, dict) else None
    if rows is None:
        other[name][place] = spoil_number(value)
    else:
        j = rng.randrange(len(rows[0]))
        for row in rows:
            row[j] = spoil_number(row[j])
    return other


def spoilings(case, steps, results):
    """spoilings(case, steps, results): what is spoilt, with results and steps: wrong numbers, and refusals for nothing."""
    rng = random.Random(case.seed)
    for name in sorted(set(results) - {'model'}):
        for place in sorted(results[name]):
            yield '%s of %s' % (place, name), steps, spoilt_result(rng, results, name, place)
    if 'model' in results and right.deviation(right.shared_column(case, case.label, case.kept_rows())) > 0.01:
        yield 'weights', steps, spoilt_model(results)
    for name in sorted(set(steps) & {'table', 'sum', 'stat', 'order', 'model', 'predicted', 'score'}):
        other = copy.deepcopy(steps)
        for party in other[name].statuses:
            other[name].statuses[party], other[name].messages[party] = 5, 'it does not fit'
        yield 'refusal of ' + name, other, {k: v for k, v in results.items() if k != name}


def spoil(case):
    """spoil(case): what would not be noticed, of a case without faults of its own."""
    with directory():
        steps, results = table_pipeline.run(case)
    if faults_in(case, steps, results):
        return []
    return ['%s is not noticed' % what for what, s, r in spoilings(case, steps, results) if not faults_in(case, s, r)]


def smaller(case):
    """smaller(case): simpler cases, each by one thing."""
    if case.rows > 4:
        for rows in (range(case.rows // 2), range(case.rows // 2, case.rows), range(case.rows - 1)):
            if len(rows) >= 4:
                yield case.taken(rows)
    for j in range(len(case.columns)):
        if len(case.columns) > 1:
            yield case.without(j)
    for name, value in (('row_owners', 1), ('column_owners', 1), ('parties', 2), ('faithful', False)):
        if getattr(case, name) != value:
            yield case.but(name, value)


def kind(fault):
    """kind(fault): what is wrong, without figures and names."""
    return ' '.join(fault.split()[:2])


def shrunk(case, faults):
    """shrunk(case, faults): the simplest case that is found to have the same kind of fault, and its faults."""
    tries, found = 25, True
    while found and tries > 0:
        found = False
        for simpler in smaller(case):
            tries -= 1
            again = faults_of(simpler)
            if {kind(f) for f in again} & {kind(f) for f in faults}:
                case, faults, found = simpler, again, True
                break
            if tries == 0:
                break
    return case, faults


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--declared', action='append_const', dest='kinds', const=True)
    parser.add_argument('--undeclared', action='append_const', dest='kinds', const=False)
    parser.add_argument('--seeds', default='1-40')
    parser.add_argument('--seconds', type=float)
    parser.add_argument('--first', type=int, default=1)
    parser.add_argument('--rows', type=int, default=48)
    parser.add_argument('--keep')
    parser.add_argument('--spoil', action='store_true')
    options = parser.parse_args()
    options.keep = options.keep and os.path.abspath(options.keep)
    return options


def seeds(options):
    """seeds(options): those that are asked for, or as many as there is time for."""
    if options.seconds is None:
        first, _, last = options.seeds.partition('-')
        yield from range(int(first), int(last or first) + 1)
        return
    end, seed = time.monotonic() + options.seconds, options.first
    while time.monotonic() < end:
        yield seed
        seed += 1


def report(case, faults, options):
    declared = '--declared' if case.declared else '--undeclared'
    print('table %d, %s: %d rows, %s' % (case.seed, declared[2:], case.rows, case.task))
    for fault in faults[:SHOWN]:
        print('  ' + fault)
    if len(faults) > SHOWN:
        print('  and %d more' % (len(faults) - SHOWN))
    print('  again: %s %s --seeds %d --rows %d --keep kept' % (sys.argv[0], declared, case.seed, options.rows))


def report_shrunk(case, faults):
    print('  as small as %d rows and %d features, %s:' % (case.rows, len(case.columns), faults[0]))
    for row in zip(*([c.name] + c.cells for c in case.columns + [case.label])):
        print('    ' + ','.join(row))


def main():
    options = arguments()
    count = failed = 0
    for seed in seeds(options):
        for declared in options.kinds or [True, False]:
            case = table_maker.make(seed, declared, options.rows)
            count += 1
            keep = None if options.keep is None else os.path.join(options.keep, '%d%s' % (seed, 'ud'[declared]))
            faults = spoil(case) if options.spoil else faults_of(case, keep)
            if faults:
                failed += 1
                report(case, faults, options)
                if failed <= SHRUNK and not options.spoil:
                    report_shrunk(*shrunk(case, faults))
                sys.stdout.flush()
    print('%d of %d tables failed' % (failed, count))
    return 1 if failed or count == 0 else 0


if __name__ == '__main__':
    sys.exit(main())
