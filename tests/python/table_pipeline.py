"""
What owners and parties do with a case of table_maker, by the tools in PATH, in a directory of its own: for tables.py.

Every owner shares what is his; all parties on one machine run one script with all steps; the results are put together.
A step that fails is kept with what each party said, and those that need its result are not taken.
"""

import json
import os
import shlex
import subprocess

import safetensors

SECONDS = 120                   # what a run of all parties may take: it takes less than one
EPOCHS, RATE = 60, 0.1
LEAST = 2                       # rows of a group that is shown

JOB = '''p=$SMPC_PARTY
# step NAME COMMAND...: its result is in NAME.PARTY, or there is none
step() {
	step=$1
	shift
	"$@" -o "$step.$p" 2>"$step.stderr.$p"
	echo $? >"$step.status.$p"
}
# have NAME...: whether the steps before have given them
have() {
	for file; do
		[ -e "$file.$p" ] || return 1
	done
}
'''


class Step:
    """How a command ended at each party, or at an owner."""

    def __init__(self, name):
        self.name, self.statuses, self.messages = name, {}, {}

    def done(self):
        return bool(self.statuses) and all(s == 0 for s in self.statuses.values())

    def said(self):
        """said(): what those said who were not only left alone."""
        return '\n'.join(self.messages[p] for p, s in sorted(self.statuses.items()) if s not in (0, 3))

    def __str__(self):
        return '%s: status %s: %s' % (self.name, ','.join(str(s) for _, s in sorted(self.statuses.items())),
                                      ' | '.join(m.strip() for _, m in sorted(self.messages.items()) if m))


# ---- owners


def write_table(path, columns, rows):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(','.join(c.name for c in columns) + '\n')
        for i in rows:
            f.write((','.join(c.cells[i] for c in columns) or 'NA') + '\n')


def column_options(case, columns, first=False):
    """column_options(case, columns, first): what an owner of these says of them; the first owner may say it otherwise."""
    options, recoded = [], first and case.joins_codes()
    if first and case.scaled in columns:
        options += ['--standardize', '--no-standardize', ','.join(c.name for c in columns if c is not case.scaled and
                                                                 c.kind == 'number' or c.kind == 'label')]
        options = [o for o in options if o != ''] if options[-1] else options[:1]
    for c in columns:
        if c.kind == 'number' and case.declared:
            options += ['--range', '%s=%s..%s' % (c.name, c.low, c.high)]
        elif c.kind == 'category':
            options += ['--one-hot', '%s=%s' % (c.name, ','.join(c.words))]
        elif c.words is not None:
            options += ['--codes', '%s=%s' % (c.name, ','.join(c.words[::-1] if recoded else c.words))]
        if c.na is not None:
            options += ['--na', c.na]           # at most one column of an owner has missing cells
    return options


def share_table(case, steps, name, columns, rows, first=False):
    """share_table(...): share these as an owner; whether it went well."""
    write_table(name + '.csv', columns, rows)
    argv = ['smpc-share', '-n', str(case.parties), '-f', '-o', name, *column_options(case, columns, first),
            name + '.csv']
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    step = steps.setdefault('share', Step('share'))
    step.statuses[name] = done.returncode
    step.messages[name] = done.stderr.decode('utf-8', 'replace')
    step.shown = ' '.join(argv)


def share_all(case, steps):
    for i, rows in enumerate(case.owned_rows()):
        for j, columns in enumerate(case.owned_columns()):
            share_table(case, steps, 'own%d%d' % (i, j), columns, rows, i == 0)
    if case.truth is not case.label:
        share_table(case, steps, 'truth', [case.truth], case.kept_rows())
    if case.forecast is not None:
        share_table(case, steps, 'forecast', [case.forecast], case.kept_rows())
    share_table(case, steps, 'later', case.later, range(len(case.later[0].cells)))
    return steps['share'].done()


# ---- parties


def joined(case):
    """joined(case): the commands that make one table of the owners' shares."""
    blocks = range(len(case.owned_rows()))
    parts = range(len(case.owned_columns()))
    lines = ['step rows%d smpc-paste %s' % (i, ' '.join('own%d%d.$p' % (i, j) for j in parts)) for i in blocks]
    return lines + ['have %s && step table smpc-cat %s' % (' '.join('rows%d' % i for i in blocks),
                                                           ' '.join('rows%d.$p' % i for i in blocks))]


def figures(case):
    """figures(case): what is scored of the model's predictions."""
    if case.task == 'linear':
        return 'mse,r2'
    if case.task == 'softmax':
        return 'accuracy,balanced-accuracy,mcc,confusion,precision,recall,specificity,f1,auc,log-loss'
    return 'accuracy,balanced-accuracy,mcc,confusion,precision,recall,specificity,f1,auc,log-loss,mse,r2'


def training(case):
    options = ['-l', case.label.name, '-m', case.task, '-e', EPOCHS, '-r', RATE, '-b', case.rows]
    options += ['--classes', case.classes] * (case.task == 'softmax') + ['--standardize'] * case.standardize
    return 'smpc-train ' + ' '.join(map(str, options))


def groups(case):
    """groups(case): the first category, and the numbers of which figures are found for each of its values; None: none."""
    by = next((c for c in case.columns if c.kind == 'category'), None)
    return by, [c for c in case.columns if c.kind == 'number']


def grouping(case):
    """grouping(case): of numbers that have no range there are sums alone."""
    by, numbers = groups(case)
    if by is None:
        return []
    names = shlex.quote(','.join(c.name for c in numbers))
    kinds = ('sum', 'mean', 'variance', 'min', 'max') if case.declared else ('sum',)
    options = ['--population'] * (case.declared and bool(numbers)) + ['--faithful'] * case.faithful
    options += ['--%s %s' % (kind, names) for kind in kinds if numbers]
    return ['step grouped smpc-group --by %s --count --min-count %d %s table.$p'
            % (shlex.quote(by.name), LEAST, ' '.join(options))]


def script(case):
    population = ' --population' if case.population else ''
    faithful = ' --faithful' if case.faithful else ''
    truth = 'table' if case.truth is case.label else 'truth'
    lines = [JOB + '\n'.join(joined(case)), 'have table || exit 0',
             'step sum smpc-sum table.$p',
             'step mean smpc-sum -m table.$p',
             'step ordered smpc-sort -k 1:desc,%s table.$p' % case.label.name,
             'step mixed smpc-shuf table.$p', *grouping(case),
             'step stat smpc-stat%s%s count,mean,variance,covariance,correlation table.$p' % (population, faithful),
             'step order smpc-stat%s median,quantile,iqr,mode,rank-correlation --at 0.1,0.9 table.$p' % faithful,
             'step model %s%s table.$p' % (training(case), faithful),
             'have model && step predicted smpc-predict model.$p table.$p',
             'have model && step foreseen smpc-predict --as scores model.$p later.$p']
    if case.task != 'linear':
        lines.append('have model && step classes smpc-predict --as classes model.$p table.$p')
    lines.append('have predicted %s && step score smpc-score -j -m %s -l %s predicted.$p %s.$p'
                 % (truth, figures(case), case.truth.name, truth))
    if case.forecast is not None:
        # numbers of any size can be put in order; as probabilities or errors they may be refused
        named = 'mse,r2' if case.task == 'linear' else 'accuracy,confusion,precision,recall,f1,auc'
        lines.append('step forecasts smpc-score -j -m %s -l %s forecast.$p table.$p' % (named, case.label.name))
    return '\n'.join(lines + ['exit 0', ''])


def collect(case, steps):
    """collect(case, steps): how the steps ended, from the files that they left."""
    for file in sorted(os.listdir('.')):
        name, _, rest = file.partition('.')
        if rest.startswith('status.'):
            party = rest[len('status.'):]
            step = steps.setdefault(name, Step(name))
            with open(file, encoding='ascii') as f:
                step.statuses[party] = int(f.read() or -1)
            with open('%s.stderr.%s' % (name, party), encoding='utf-8', errors='replace') as f:
                step.messages[party] = f.read()


def parties(case, steps):
    with open('job.sh', 'w', encoding='utf-8') as f:
        f.write(script(case))
    # timeout(1) sends SIGTERM, at which smpc-local stops all parties, too
    argv = ['timeout', str(SECONDS), 'smpc-local', '-n', str(case.parties), '--', 'sh', 'job.sh']
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    whole = steps['job'] = Step('job')
    whole.statuses['all'], whole.messages['all'] = done.returncode, done.stdout.decode('utf-8', 'replace')
    collect(case, steps)


# ---- results


def revealed(case, steps, name, form):
    """revealed(case, steps, name, form): what smpc-reveal prints of a step's result; if it refuses, the step has failed."""
    holders = [0, 1] if case.dealer_reveals else range(1, case.parties + 1)
    done = subprocess.run(['smpc-reveal', form, *('%s.%d' % (name, p) for p in holders)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        steps[name].statuses['reveal'] = done.returncode
        steps[name].messages['reveal'] = done.stderr.decode('utf-8', 'replace')
    return done.stdout


def tensors(data):
    return {t['name']: t for t in map(json.loads, data.decode().splitlines())}


def model(data):
    """model(data): what it is, and its tensors, exact to the bit, which a decimal of few digits is not."""
    metadata, found = safetensors.parse(data)
    return json.loads(metadata['smpc.model']), {name: t.rows() for name, t in found.items()}


def comes_back(case, steps):
    """comes_back(case, steps): whether the model is the same, to the bit, after it was written as JSON and shared again."""
    text = revealed(case, steps, 'model', '--json')
    with open('model.json', 'wb') as f:
        f.write(text)
    subprocess.run(['smpc-share', '--public', '-f', '-o', 'again', 'model.json'], check=False)
    again = subprocess.run(['smpc-reveal', '--json', 'again'], stdout=subprocess.PIPE, check=False)
    return again.stdout == text


def results(case, steps):
    """results(case, steps): of each step that was taken, what it gave."""
    found = {}
    for name in ('table', 'ordered', 'mixed', 'grouped', 'sum', 'mean', 'stat', 'order', 'predicted', 'foreseen', 'classes',
                 'model'):
        if name in steps and steps[name].done():
            data = revealed(case, steps, name, '--safetensors' if name == 'model' else '--json')
            if steps[name].done():
                found[name] = model(data) if name == 'model' else tensors(data)
    if 'model' in found and not comes_back(case, steps):
        steps['model'].statuses['again'], steps['model'].messages['again'] = -1, 'the model is another one when it is shared again'
    for name in ('score', 'forecasts'):
        if name in steps and steps[name].done():
            with open(name + '.1', encoding='ascii') as f:
                found[name] = json.load(f)
    return found


def run(case):
    """run(case): steps and results, in the directory at hand."""
    steps = {}
    if share_all(case, steps):
        parties(case, steps)
    return steps, results(case, steps)
