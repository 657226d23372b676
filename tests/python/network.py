"""Networks of any layers in float64, by numpy, against which smpc-train is checked: the same batches, the same initial weights.

agree MODEL TRAIN TEST LABEL [OPTION=VALUE ...]    train on TRAIN; print how many rows of TEST MODEL, and the one that comes out
                                                  here, are right about; status 1 if MODEL is below least=0, or more than
                                                  within=0.01 apart from the other
gradients                                         what is off in the gradients here, against finite differences

MODEL is what smpc-reveal prints of it; TRAIN and TEST CSV with headers; LABEL the name of a column of classes.
Options: net=... input=1x28x28 epochs=1 batch=128 rate=0.1 seed=0 classes=10 least=0 within=0.01
"""

import sys

import numpy

from training import order, tensors, words

USUAL = dict(net="", input="", epochs=1, batch=128, rate=0.1, seed=0, classes=10, least=0.0, within=0.01)


# Layers: forward gives y and what the way back needs; back gives the gradient at x and those of weights and bias.  A batch of
# images is B x C x H x W.

class Dense:
    def __init__(self, units, shape):
        self.fan, self.weights, self.shape = numpy.prod(shape), (numpy.prod(shape), units), (units,)

    def forward(self, x):
        flat = x.reshape(len(x), -1)
        return flat @ self.w + self.b, (flat, x.shape)

    def back(self, kept, d):
        flat, shape = kept
        return (d @ self.w.T).reshape(shape), flat.T @ d, d.sum(0)


class Convolution:
    def __init__(self, filters, kernel, shape):
        self.k, self.fan = kernel, shape[0] * kernel * kernel
        self.weights = (filters, self.fan)
        self.shape = (filters, shape[1] - kernel + 1, shape[2] - kernel + 1)

    def forward(self, x):
        # a row for each position of the kernel: rows x height x width, channels x kernel x kernel
        windows = numpy.lib.stride_tricks.sliding_window_view(x, (self.k, self.k), (2, 3))
        columns = windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, self.fan)
        y = (columns @ self.w.T + self.b).reshape(len(x), *self.shape[1:], self.shape[0])
        return y.transpose(0, 3, 1, 2), (columns, x.shape)

    def back(self, kept, d):
        columns, shape = kept
        d = d.transpose(0, 2, 3, 1).reshape(-1, self.shape[0])
        dx, height, width = numpy.zeros(shape), *self.shape[1:]
        parts = (d @ self.w).reshape(shape[0], height, width, shape[1], self.k, self.k)
        for i in range(self.k):
            for j in range(self.k):
                dx[:, :, i:i + height, j:j + width] += parts[..., i, j].transpose(0, 3, 1, 2)
        return dx, d.T @ columns, d.sum(0)


class Relu:
    def __init__(self, shape):
        self.shape = shape

    def forward(self, x):
        return numpy.maximum(x, 0), x > 0

    def back(self, kept, d):
        return d * kept, None, None


class Maxpool:
    def __init__(self, kernel, shape):
        self.k, self.shape = kernel, (shape[0], shape[1] // kernel, shape[2] // kernel)

    def forward(self, x):
        (c, h, w), k = self.shape, self.k
        windows = x[:, :, :h * k, :w * k].reshape(-1, c, h, k, w, k).transpose(0, 1, 2, 4, 3, 5).reshape(-1, c, h, w, k * k)
        return windows.max(-1), (windows.argmax(-1), x.shape)

    def back(self, kept, d):
        (c, h, w), k, (at, shape) = self.shape, self.k, kept
        windows = (numpy.arange(k * k) == at[..., None]) * d[..., None]
        dx = numpy.zeros(shape)
        dx[:, :, :h * k, :w * k] = windows.reshape(-1, c, h, w, k, k).transpose(0, 1, 2, 4, 3, 5).reshape(-1, c, h * k, w * k)
        return dx, None, None


def softmax(x):
    e = numpy.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


# Networks, whose last layer is a softmax

class Network:
    def __init__(self, o, width):
        names = [l.split() for l in o["net"].split(",")]
        self.shape = tuple(map(int, o["input"].split("x"))) if o["input"] else (width,)
        self.layers, shape = [], self.shape
        assert names.pop() == ["softmax"]
        for name, *numbers in names:
            n = [int(v.split("x")[0]) for v in numbers]
            layer = dict(dense=Dense, conv2d=Convolution, relu=Relu, maxpool=Maxpool)[name](*n, shape)
            layer.name, shape = name, layer.shape
            self.layers.append(layer)

    def trained(self):
        return [l for l in self.layers if hasattr(l, "weights")]

    def begin(self, seed):
        """The initial weights that follow from a seed."""
        for i, l in enumerate(self.layers):
            if hasattr(l, "weights"):
                relu = i + 1 < len(self.layers) and self.layers[i + 1].name == "relu"
                scale = round(((6 if relu else 3) / l.fan)**0.5 * 2**24)
                u = numpy.array(words("smpc nn weights", seed, i + 1, count=int(numpy.prod(l.weights))), dtype=numpy.uint64)
                u = (u >> numpy.uint64(33)) * numpy.uint64(2 * scale) >> numpy.uint64(31)
                l.w = ((u.astype(numpy.int64) - scale >> 8) / 65536).reshape(l.weights)
                l.b = numpy.zeros(l.shape[0])

    def forward(self, x):
        x, kept = x.reshape(-1, *self.shape), []
        for l in self.layers:
            x, k = l.forward(x)
            kept.append(k)
        return softmax(x), kept

    def gradients(self, x, labels):
        """Gradients of the mean over the rows, in the order of the layers that are trained."""
        d, kept = self.forward(x)
        d[numpy.arange(len(x)), labels] -= 1
        d, found = d / len(x), []
        for l, k in zip(reversed(self.layers), reversed(kept)):
            d, w, b = l.back(k, d)
            if w is not None:
                found.append((w, b))
        return found[::-1]

    def loss(self, x, labels):
        return -numpy.log(self.forward(x)[0][numpy.arange(len(x)), labels]).mean()

    def right(self, x, labels):
        found = [self.forward(x[i:i + 500])[0].argmax(1) for i in range(0, len(x), 500)]
        return (numpy.concatenate(found) == labels).mean()


def train(net, x, labels, o):
    net.begin(o["seed"])
    for epoch in range(o["epochs"]):
        rank = order(len(x), o["seed"], epoch)
        for step in range(len(x) // o["batch"]):
            rows = rank[step * o["batch"]:(step + 1) * o["batch"]]
            for l, (w, b) in zip(net.trained(), net.gradients(x[rows], labels[rows])):
                l.w -= o["rate"] * w
                l.b -= o["rate"] * b


def table(path, label):
    with open(path) as f:
        at = f.readline().strip().split(",").index(label)
        cells = numpy.loadtxt(f, delimiter=",")
    return numpy.delete(cells, at, 1), cells[:, at].astype(int)


def take(net, model):
    """The numbers of a revealed model."""
    found = tensors(model)
    assert len(found) == 2 * len(net.trained())
    for l, w, b in zip(net.trained(), found[::2], found[1::2]):
        w, b = numpy.array(w), numpy.array(b)
        assert w.shape == l.weights and b.shape == (1, l.shape[0])
        l.w, l.b = w, b[0]


def agree(model, path, test, label, *arguments):
    o = dict(USUAL)
    for a in arguments:
        name, value = a.split("=", 1)
        o[name] = type(USUAL[name])(value)
    x, labels = table(path, label)
    held, due = table(test, label)
    net = Network(o, x.shape[1])
    train(net, x, labels, o)
    here = net.right(held, due)
    take(net, model)
    got = net.right(held, due)
    print(f"{got:.4f}, in float64 {here:.4f}")
    if got < o["least"] or abs(got - here) > o["within"]:
        sys.exit(1)


def gradients():
    random = numpy.random.default_rng(1)
    for text, shape in (("conv2d 3 3x3, relu, maxpool 2, conv2d 2 2, relu, dense 4, relu, dense 3, softmax", "2x9x8"),
                        ("dense 6, relu, dense 4, softmax", "5")):
        net = Network(dict(net=text, input=shape), 0)
        net.begin(3)
        for l in net.trained():
            l.b += random.uniform(-0.1, 0.1, l.b.shape)
        x, labels = random.uniform(-1, 1, (7, *net.shape)), numpy.arange(7) % 3
        for l, found in zip(net.trained(), net.gradients(x, labels)):
            for numbers, got in zip((l.w, l.b), found):
                for i in range(numbers.size):
                    at = numpy.unravel_index(i, numbers.shape)
                    kept, slope = numbers[at], 0
                    for h in (1e-6, -1e-6):
                        numbers[at] = kept + h
                        slope += net.loss(x, labels) / (2 * h)
                    numbers[at] = kept
                    if abs(slope - got[at]) > 1e-7:
                        print(f"{text}: {l.name} {at}: {got[at]} instead of {slope}")
        if max(abs(w).max() for w, _ in net.gradients(x, labels)) < 1e-3:
            print(f"{text}: no gradient at all")


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
