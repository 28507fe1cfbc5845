"""What people who use LSTMs get wrong most often, and what mends it.

`seen` counts the threads of a kind among the answers to one search each in public issues (up to twelve
answers, 27 November 2026); `source` is the address of one of them. Two rows of one kind have the same count.
Where another library refuses what works here, that it works is what is tested. Rows without a source come
from readers of this book, or are what one writes who knows another library.
"""

from typing import NamedTuple

import numpy as np

from lstm_lib import LSTM, RNN, tasks
from lstm_lib.tasks import adding
from lstm_lib.train import SGD, Adam, Model, cross_entropy, squared_error, train

NAMES = {
    "np": np, "LSTM": LSTM, "RNN": RNN, "tasks": tasks, "adding": adding, "SGD": SGD, "Adam": Adam,
    "Model": Model, "cross_entropy": cross_entropy, "squared_error": squared_error, "train": train,
}  # fmt: skip
START = """
lstm, one = LSTM(2, 4), LSTM(1, 4)
x, X = np.zeros((5, 3, 2)), np.zeros((3, 5, 2))  # time first; batch first
trace, model, words = lstm.forward(x), Model(LSTM(2, 4), 1), Model(LSTM(2, 4), 6)
y, classes = np.zeros((3, 1)), np.zeros(3, int)
"""


class Mistake(NamedTuple):
    """What was written, where somebody did so, how often it was seen, and what the message must name."""

    code: str
    source: str
    seen: int
    mend: str = ""  # a pattern; empty where it is no mistake here
    error: type[Exception] = ValueError


M: dict[str, Mistake] = {
    # the shape of x
    "a list of numbers": Mistake(
        "one.forward([1, 2, 3])", "keras-team/keras/issues/7722", 7, r"np\.reshape\(x, \(-1, 1, 1\)\)"
    ),
    "one step alone": Mistake(
        "lstm.forward([1, 2])", "keras-team/keras-applications/issues/144", 7,
        r"np\.reshape\(x, \(1, 1, 2\)\)"
    ),
    "no feature axis": Mistake(
        "one.forward(np.zeros((100, 9)))", "tensorflow/tfjs/issues/6553", 7,
        r"np\.transpose\(x\)\[\.\.\., None\]",
    ),
    "four axes": Mistake(
        "lstm.forward(np.zeros((3, 5, 2, 2)))", "tensorflow/tensorflow/issues/46794", 3,
        r"np\.reshape\(x, \(\*x\.shape\[:2\], -1\)\), and input_size=4",
    ),
    "another number of features": Mistake(
        "lstm.forward(np.zeros((5, 3, 7)))", "ljynlp/W2NER/issues/23", 6, "input_size=7 fits"
    ),
    "features first": Mistake(
        "lstm.forward(np.zeros((2, 5, 3)))", "NervanaSystems/neon/issues/311", 1, r"np\.moveaxis\(x, 0, -1\)"
    ),
    "batch first": Mistake(
        "train(model, [(np.zeros((64, 50, 2)), np.zeros((64, 1)))], squared_error)",
        "HHTseng/video-classification/issues/42", 8, r"np\.swapaxes\(x, 0, 1\)",
    ),
    "batch_first": Mistake(
        "LSTM(2, 4, batch_first=True)", "gabrielloye/LSTM_Sentiment-Analysis/issues/3", 8,
        r"np\.swapaxes\(x, 0, 1\)", TypeError,
    ),
    # what x holds
    "rows of unequal length": Mistake(
        "lstm.forward([[[1, 2]], [[1, 2], [3, 4]]])", "keras-team/keras/issues/1047", 5,
        "fill the short ones with 0, and give lengths",
    ),
    "text": Mistake(
        'lstm.forward(["the", "cat"])', "jaungiers/LSTM-Neural-Network-for-Time-Series-Prediction/issues/25",
        8, r"np\.eye\(words\)\[classes\]", TypeError,
    ),
    "nan in the data": Mistake(
        "lstm.forward(np.full((5, 3, 2), np.nan))", "unit8co/darts/issues/881", 3, r"np\.nan_to_num\(x\)"
    ),
    "a mixed table": Mistake(
        "lstm.forward(np.array([[1, '2'], [3, None]], object))", "nasa/prog_models/issues/332", 1,
        r"np\.asarray\(x, float\)", TypeError,
    ),
    "whole numbers": Mistake(
        "lstm.forward(np.ones((5, 3, 2), int))", "torralba-lab/im2recipe-Pytorch/issues/12", 2
    ),
    "float32 into float64": Mistake(
        "lstm.forward(np.ones((5, 3, 2), 'float32'))", "polyaxon/haupt/issues/8", 9
    ),
    "nothing returned": Mistake(
        "lstm.forward(print(end=''))", "OdingdongO/pytorch_classification/issues/5", 4,
        "does the function that makes it return it", TypeError,
    ),
    # states
    "an axis for the layers": Mistake(
        "lstm.forward(x, np.zeros((1, 3, 4)))", "dion-jy/lstm-vae-torch/issues/2", 5, r"h0\[0\]"
    ),
    "h and c as one": Mistake(
        "lstm.forward(x, (np.zeros((3, 4)), np.zeros((3, 4))))", "fionn-mac/Manhattan-LSTM/pull/3", 2,
        r"two arguments: \*h0",
    ),
    "states of another batch": Mistake(
        "lstm.forward(x, np.zeros((8, 4)))", "miyamotok0105/pytorch_handbook/issues/11", 6,
        "of which x has 3; to start at 0, leave it out",
    ),
    "states of another size": Mistake(
        "lstm.forward(x, np.zeros((3, 9)))", "loudinthecloud/pytorch-ntm/issues/22", 1, "hidden_size is 4"
    ),
    "states transposed": Mistake(
        "lstm.forward(x, np.zeros((4, 3)))", "", 0,
        r"np\.transpose\(h0\)",
    ),
    # what comes out
    "a trace as a tuple": Mistake(
        "h, c = lstm.forward(x)", "spro/char-rnn.pytorch/issues/2", 8, r"trace\.h, trace\.h_last", TypeError
    ),
    "the last of a trace": Mistake(
        "trace[-1]", "", 0, r"trace\.h\[-1\]", KeyError
    ),
    "a trace as input": Mistake(
        "LSTM(4, 4).forward(trace)", "ritchie46/sequence/pull/11", 8, r"trace\.h", TypeError
    ),
    "h_n": Mistake("trace.h_n", "", 0, "did you mean 'h_last'", AttributeError),
    "a tensor that needs its gradient": Mistake(
        "class Tensor:\n    def __array__(self, *_, **__): raise RuntimeError('use detach()')\n"
        "lstm.forward(Tensor())", "pytorch/pytorch/issues/44023", 12, r"use detach\(\)", TypeError,
    ),
    # lengths
    "a length of 0": Mistake(
        "lstm.forward(x, lengths=[5, 0, 1])", "lichengunc/MAttNet/issues/5", 7,
        "leave a sequence without steps out",
    ),
    "a length beyond the end": Mistake(
        "lstm.forward(x, lengths=[9, 1, 1])", "", 0,
        r"np\.minimum\(lengths, 5\)",
    ),
    "lengths of the time axis": Mistake(
        "lstm.forward(x, lengths=[3, 3, 3, 3, 3])", "", 0, r"np\.swapaxes\(x, 0, 1\)"
    ),
    "lengths not sorted": Mistake(
        "lstm.forward(x, lengths=[1, 5, 2])", "pytorch/pytorch/issues/8026", 9
    ),
    # targets
    "a target without its last axis": Mistake(
        "train(model, [(x, np.zeros(3))], squared_error)", "pytorch/pytorch/issues/16413", 6,
        r"target\[\.\.\., None\]",
    ),
    "classes with a last axis": Mistake(
        "train(words, [(np.zeros((1, 3, 2)), np.zeros((3, 1), int))], cross_entropy)",
        "keras-team/keras/issues/3009", 1, r"target\[\.\.\., 0\]",
    ),
    "one-hot where classes are": Mistake(
        "train(words, [(x, np.eye(6)[classes].astype(int))], cross_entropy)",
        "keras-team/keras/issues/7749", 3, r"target\.argmax\(-1\)",
    ),
    "classes where numbers are": Mistake(
        "train(words, [(x, classes)], squared_error)", "DeepLearningSandbox/DeepLearningSandbox/issues/3", 2,
        r"cross_entropy, or one-hot: np\.eye\(6\)\[target\]",
    ),
    "classes as floats": Mistake(
        "train(words, [(x, np.zeros(3))], cross_entropy)", "milesial/Pytorch-UNet/issues/93", 5,
        r"target\.astype\(int\)", TypeError,
    ),
    "classes from 1": Mistake(
        "cross_entropy(np.zeros((3, 3)), [1, 2, 3])", "tensorflow/tensorflow/issues/3739", 3, "target - 1"
    ),
    "a class too many": Mistake(
        "train(words, [(x, [0, 5, 8])], cross_entropy)", "TencentGameMate/gnn_cross_lingual/issues/5", 5,
        "output_size=9 fits",
    ),
    "-1 for what is missing": Mistake(
        "train(words, [(x, [0, -1, 1])], cross_entropy)", "EricFillion/happy-transformer/issues/248", 1,
        "give lengths",
    ),
    "another output size": Mistake(
        "train(model, [(x, np.zeros((3, 2)))], squared_error)", "keras-team/keras/issues/7587", 1,
        "output_size=2 fits",
    ),
    "nan in the target": Mistake(
        "train(model, [(x, np.full((3, 1), np.nan))], squared_error)", "keras-team/keras/issues/2134", 1,
        r"np\.nan_to_num\(target\)",
    ),
    # names of other libraries, and misspelt ones
    "lr": Mistake("Adam(lr=0.01)", "philipperemy/keras-tcn/issues/284", 5, "mean 'learning_rate'", TypeError),
    "momentum": Mistake(
        "Adam(0.01, momentum=0.9)", "pykale/pykale/issues/447", 1, "it takes learning_rate, beta1", TypeError
    ),
    "units alone": Mistake(
        "LSTM(32)", "akash13singh/lstm_anomaly_thesis/issues/9", 2, "hidden_size", TypeError
    ),
    "input_shape": Mistake(
        "LSTM(hidden_size=4, input_shape=(10, 2))", "keras-team/keras/issues/2302", 5, "'input_size'",
        TypeError,
    ),
    "return_sequences": Mistake(
        "LSTM(2, 4, return_sequences=True)", "", 0, r"trace\.h$", TypeError
    ),
    "a misspelt keyword": Mistake(
        "LSTM(2, 4, peephole=True)", "titu1994/keras-SRU/issues/9", 1, "did you mean 'peepholes'", TypeError
    ),
    "epochs": Mistake(
        "train(model, lambda: adding(5, 4), squared_error, epochs=3)", "keras-team/keras/issues/14135", 7,
        "did you mean 'steps'", TypeError,
    ),
    "fit": Mistake(
        "model.fit(x, y)", "adele-k02/CS229-machine-learning-solar-energy-predictions/issues/1", 2,
        r"train\(model, batches, loss\)", AttributeError,
    ),
    "a misspelt method": Mistake(
        "lstm.foward(x)",  # codespell:ignore foward
        "aroberge/friendly/issues/62", 1, "did you mean 'forward'", AttributeError,
    ),
    # numbers
    "a rate as text": Mistake(
        "Adam('1e-3')", "salesforce/ALBEF/issues/128", 9, r"without quotes: 0\.001", TypeError
    ),
    "a size that was divided": Mistake(
        "LSTM(2, 16 / 2)", "farizrahman4u/seq2seq/issues/72", 5, "write 8, and // where", TypeError
    ),
    # training
    "a loss by its name": Mistake(
        "train(model, lambda: adding(5, 4), 'mse')", "nitrain/nitrain/issues/45", 3,
        "did you mean 'squared_error'", TypeError,
    ),
    "a loss without its gradient": Mistake(
        "train(model, lambda: adding(5, 4), lambda y, t, counted: np.mean((y - t) ** 2))",
        "keras-team/keras/issues/3058", 3, "return value, gradient", TypeError,
    ),
    "batches that return nothing": Mistake(
        "def batch(): adding(5, 4)\ntrain(model, batch, squared_error)",
        "facebookresearch/unbiased-teacher/issues/24", 4, "does the function that makes it return", TypeError,
    ),
    "a generator not begun": Mistake(
        "def batches(): yield adding(5, 4)\ntrain(model, batches, squared_error)",
        "dmitrii-khizbullin/kaggle_latenciaga/issues/1", 1, "call it once, and give what it", TypeError,
    ),
    "one batch for all": Mistake(
        "train(model, adding(5, 4), squared_error)", "", 0, r"lambda: adding\(100, 64\)", TypeError
    ),
    "x and y apart": Mistake(
        "train(model, x, y)", "", 0,
        r"\[\(x, target\)\]", TypeError,
    ),
    "an optimizer's class": Mistake(
        "train(model, lambda: adding(5, 4), squared_error, Adam)", "", 0, r"Adam\(…\)", TypeError
    ),
    "an optimizer by its name": Mistake(
        "train(model, lambda: adding(5, 4), squared_error, 'adam')", "run-ai/runai/issues/31", 1,
        r"as Adam\(0\.01\) has", TypeError,
    ),
    "a rate that is too large": Mistake(
        "train(model, [adding(5, 4, n) for n in range(99)], squared_error, SGD(1e3), max_norm=None)",
        "austineaero/Remaining-Useful-Life-RUL-Estimation/issues/19", 11,
        r"learning rate ten times smaller, or max_norm=1\.0", ArithmeticError,
    ),
    "a network without a read-out": Mistake(
        "train(lstm, lambda: adding(5, 4), squared_error)", "", 0, r"Model\(network, output_size\)", TypeError
    ),
    "a network's class": Mistake("Model(LSTM, 1)", "", 0, r"LSTM\(…\)", TypeError),
    "a network called": Mistake("lstm(x)", "", 0, r"network\.forward\(x\)", TypeError),
    "a model called": Mistake("model(x)", "", 0, r"model\.predict\(x\)", TypeError),
    "a batch to predict": Mistake(
        "model.predict(adding(5, 4))", "", 0, r"batch\.x", ValueError
    ),
    # parameters
    "a number for a bias": Mistake("lstm.b_f = 3", "", 0),
    "a number for a matrix": Mistake("lstm.W_f = 3", "", 0, r"np\.full\(\(4, 2\), number\)"),
    "a small letter": Mistake("lstm.w_f = 3", "", 0, "did you mean 'W_f'", AttributeError),
    "no underscore": Mistake("lstm.bf", "", 0, "did you mean 'b_f'", AttributeError),
    "another library's matrix": Mistake(
        "lstm.W_f = np.zeros((2, 4))", "pytorch/pytorch/issues/1961", 1, r"np\.transpose\(W_f\)"
    ),
}  # fmt: skip
