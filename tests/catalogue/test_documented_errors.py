"""Errors that the module reference documents: which input has which number."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from bramka.catalogue import shelf
from bramka.catalogue._example import settings_of, value_of
from bramka.domain.learning.module import ModuleError
from bramka.testing.outside import FakeOutside

SHELF = shelf()
Told = Mapping[str, Any]

XY = {"x": [1.0, 2.0, 3.0], "y": [2.0, 4.0, 6.0]}
TEXTS = {"t": ["a", "b", "c"], "x": [1.0, 2.0, 3.0]}
NONE: Told = {"columns": {}}
NO_ROWS = {"columns": {"x": [], "y": []}, "types": {"x": "Double", "y": "Double"}}
LABELLED = {"columns": XY, "kinds": {"y": "Label"}}
INFINITE = {"x": [1.0, float("inf"), 3.0], "y": [2.0, 4.0, 6.0]}
LINE = {"module": "Linear Regression"}
CLASSIFIER = {"module": "Two-Class Logistic Regression"}
TRAINED = {**LINE, "trained": {"on": XY, "label": "y"}}
CLUSTERS = {"module": "K-Means Clustering"}
RATINGS = {"User": ["a", "b"], "Item": ["x", "y"], "Rating": [1, 2]}
TRIPLES = "Training dataset of user-item-rating triples"
OF_USERS = "Training dataset of user features"
WEIGHTS = {"u": "Weight", "w": "Weight"}
HEADED = {"File has header row": "True"}
BY_HTTP = {"Please Specify Data Source": "Web URL via HTTP"}
SCORED = {
    "columns": {"y": [1.0, 2.0], "Scored Labels": [1.0, 2.0]},
    "kinds": {"y": "Label", "Scored Labels": "Score"},
}


def names(*columns: str) -> Told:
    return {"rules": [{"ruleType": "ColumnNames", "columns": columns}]}


def indices(text: str) -> Told:
    return {"rules": [{"ruleType": "ColumnIndexes", "columns": text.split(",")}]}


def dataset(told: Told) -> dict[str, Told]:
    return {"Dataset": told}


CASES: list[tuple[str, Told, Told, int]] = [
    ("Add Columns", {"Left dataset": NONE, "Right dataset": XY}, {}, 3),
    ("Add Rows", {"Dataset1": NONE, "Dataset2": XY}, {}, 3),
    ("Add Rows", {"Dataset1": XY, "Dataset2": {"x": [1.0], "z": [1.0]}}, {}, 10),
    ("Add Rows", {"Dataset1": XY, "Dataset2": {"x": [1.0], "y": ["a"]}}, {}, 16),
    ("Apply Filter", {"Filter": {"module": "FIR Filter"}, "Dataset": NONE}, {}, 3),
    (
        "Apply Filter",
        {"Filter": {"module": "FIR Filter"}, "Dataset": TEXTS},
        {"Column set": names("t")},
        17,
    ),
    ("Apply SQL Transformation", {"Table1": XY}, {"SQL Query Script": "selec"}, 69),
    ("Apply Math Operation", dataset(TEXTS), {"Column set": names("t")}, 17),
    ("Apply Math Operation", dataset(XY), {"Column set": names("z")}, 1),
    ("Clip Values", dataset({"t": ["a"]}), {}, 11),
    ("Clean Missing Data", dataset(NONE), {}, 3),
    (
        "Clean Missing Data",
        dataset(TEXTS),
        {"Cleaning mode": "Replace with mean", "Columns to be cleaned": names("t")},
        17,
    ),
    (
        "Clean Missing Data",
        dataset({"x": [1, None]}),
        {"Replacement value": "many"},
        2,
    ),
    (
        "Compute Elementary Statistics",
        dataset(TEXTS),
        {"Method": "Mean", "Column set": names("t")},
        17,
    ),
    (
        "Build Counting Transform",
        dataset({"columns": {"c": ["a", "b", "c"], "y": [0, 1, 2]}}),
        {
            "Label column index or name": names("y"),
            "Select columns to count": names("c"),
        },
        89,
    ),
    ("Compute Linear Correlation", dataset({"t": ["a"]}), {}, 21),
    ("Convert to Indicator Values", dataset(TEXTS), {}, 11),
    (
        "Convert to Indicator Values",
        dataset(TEXTS),
        {"Categorical columns to convert": names("t")},
        56,
    ),
    ("Convert to SVMLight", dataset(NONE), {}, 3),
    ("Convert to SVMLight", dataset({"t": ["a"], "x": [1.0]}), {}, 17),
    (
        "Cross Validate Model",
        {"Untrained model": LINE, "Dataset": XY},
        {"Label column": names("z")},
        1,
    ),
    (
        "Cross Validate Model",
        {"Untrained model": LINE, "Dataset": NONE},
        {"Label column": names("y")},
        3,
    ),
    ("Edit Metadata", dataset(NONE), {"Column": names("x")}, 3),
    (
        "Edit Metadata",
        dataset(XY),
        {"Column": names("x", "y"), "New column names": "a"},
        27,
    ),
    (
        "Edit Metadata",
        dataset(XY),
        {"Column": names("x", "y"), "New column names": "a,a"},
        28,
    ),
    (
        "Edit Metadata",
        dataset(XY),
        {"Column": names("x", "y"), "New column names": "a, "},
        2,
    ),
    (
        "Edit Metadata",
        dataset(XY),
        {"Column": names("x", "y"), "Fields": "Labels"},
        37,
    ),
    (
        "Edit Metadata",
        dataset(TEXTS),
        {"Column": names("t"), "Data type": "Integer"},
        42,
    ),
    ("Evaluate Model", {"Scored dataset": XY}, {}, 25),
    ("Evaluate Model", {"Scored dataset": NONE}, {}, 3),
    (
        "Evaluate Model",
        {"Scored dataset": {**SCORED, "kinds": {"Scored Labels": "Score"}}},
        {},
        24,
    ),
    (
        "Evaluate Recommender",
        {"Test dataset": XY, "Scored dataset": RATINGS},
        {},
        22,
    ),
    (
        "Extract Key Phrases from Text",
        dataset(XY),
        {"Text column": names("x")},
        17,
    ),
    ("Feature Hashing", dataset(XY), {"Target column(s)": names("x")}, 17),
    (
        "Feature Hashing",
        dataset(TEXTS),
        {"Target column(s)": names("t"), "Hashing bitsize": "32"},
        8,
    ),
    (
        "Filter Based Feature Selection",
        dataset(XY),
        {"Target column": names("z")},
        1,
    ),
    ("Filter Based Feature Selection", dataset(NONE), {}, 3),
    (
        "Filter Based Feature Selection",
        dataset({"x": [1.0, 2.0], "y": [None, None]}),
        {"Target column": names("y")},
        18,
    ),
    (
        "Fisher Linear Discriminant Analysis",
        dataset(TEXTS),
        {"Class labels column": names("x")},
        17,
    ),
    ("FIR Filter", {}, {"Order": "3"}, 8),
    ("FIR Filter", {}, {"Filter type": "BandPass", "Low cutoff": "0.8"}, 6),
    ("IIR Filter", {}, {"Order": "3"}, 8),
    ("Group Categorical Values", dataset(TEXTS), {"Default level name": "o"}, 11),
    (
        "Group Data into Bins",
        dataset(TEXTS),
        {"Columns to bin": names("t")},
        17,
    ),
    ("Group Data into Bins", dataset({"t": ["a"]}), {}, 11),
    ("Group Data into Bins", dataset(NONE), {}, 3),
    ("Group Data into Bins", dataset(XY), {"Number of bins": "0"}, 5),
    ("Group Data into Bins", dataset(XY), {"Binning mode": "Entropy MDL"}, 24),
    (
        "Group Data into Bins",
        dataset(XY),
        {"Binning mode": "Custom Edges", "Comma-separated list of bin edges": "2,1"},
        2,
    ),
    (
        "Group Data into Bins",
        dataset(XY),
        {"Binning mode": "Custom Edges", "Comma-separated list of bin edges": "a"},
        2,
    ),
    ("Group Data into Bins", dataset(NO_ROWS), {}, 21),
    ("Normalize Data", dataset(NO_ROWS), {}, 21),
    ("Normalize Data", dataset(TEXTS), {"Columns to transform": names("t")}, 17),
    ("Normalize Data", dataset(NONE), {}, 3),
    ("Normalize Data", dataset(XY), {"Columns to transform": names("z")}, 1),
    (
        "Join Data",
        {"Dataset1": XY, "Dataset2": TEXTS},
        {"Join key columns for L": names("x"), "Join key columns for R": names("t")},
        16,
    ),
    (
        "Join Data",
        {"Dataset1": XY, "Dataset2": XY},
        {
            "Join key columns for L": names("x", "y"),
            "Join key columns for R": names("x"),
        },
        27,
    ),
    (
        "Join Data",
        {"Dataset1": XY, "Dataset2": XY},
        {"Join key columns for L": names("z"), "Join key columns for R": names("x")},
        1,
    ),
    (
        "Join Data",
        {"Dataset1": NONE, "Dataset2": XY},
        {"Join key columns for L": names("x"), "Join key columns for R": names("x")},
        3,
    ),
    ("K-Means Clustering", {}, {"Number of Centroids": "1"}, 5),
    ("Latent Dirichlet Allocation", dataset(XY), {"Target column(s)": names("x")}, 17),
    (
        "Permutation Feature Importance",
        {"Trained model": TRAINED, "Test data": XY},
        {},
        62,
    ),
    (
        "Permutation Feature Importance",
        {"Trained model": TRAINED, "Test data": {"x": [1.0]}},
        {},
        24,
    ),
    (
        "Principal Component Analysis",
        dataset(XY),
        {"Selected columns": names("x"), "Number of dimensions to reduce to": "0"},
        4,
    ),
    (
        "Principal Component Analysis",
        dataset(XY),
        {"Selected columns": names("z"), "Number of dimensions to reduce to": "1"},
        1,
    ),
    (
        "Remove Duplicate Rows",
        dataset(NONE),
        {"Key column selection filter expression": names("x")},
        3,
    ),
    (
        "Replace Discrete Values",
        dataset(XY),
        {"Discrete columns": names("x"), "Replacement columns": names("y")},
        17,
    ),
    ("Score Model", {"Trained model": TRAINED, "Dataset": NONE}, {}, 3),
    ("Score Model", {"Trained model": LINE, "Dataset": XY}, {}, 13),
    ("Score Model", {"Trained model": TRAINED, "Dataset": INFINITE}, {}, 33),
    ("Select Columns in Dataset", dataset(XY), {"Select Columns": names("z")}, 1),
    ("Select Columns in Dataset", dataset(XY), {"Select Columns": indices("1-9")}, 60),
    ("Select Columns in Dataset", dataset(NONE), {"Select Columns": names("x")}, 3),
    ("SMOTE", {"Samples": XY}, {}, 24),
    (
        "Split Data",
        dataset({**XY, "z": [1, 2, 3], "u": [1, 2, 3]}),
        {"Splitting mode": "Recommender Split"},
        22,
    ),
    ("Split Data", dataset({"x": [1.0]}), {}, 21),
    (
        "Split Data",
        dataset(TEXTS),
        {"Splitting mode": "Relative Expression", "Relational expression": '\\"t" > 1'},
        17,
    ),
    (
        "Split Data",
        dataset(XY),
        {"Stratified split": "True", "Stratification key column": names("x")},
        17,
    ),
    ("Summarize Data", dataset(NONE), {}, 3),
    (
        "Sweep Clustering",
        {"Untrained model": CLUSTERS, "Dataset": NONE},
        {"Column Set": names("x")},
        3,
    ),
    (
        "Train Clustering Model",
        {"Untrained model": CLUSTERS, "Dataset": NONE},
        {"Column Set": names("x")},
        3,
    ),
    (
        "Train Model",
        {"Untrained model": LINE, "Dataset": INFINITE},
        {"Label column": names("y")},
        33,
    ),
    (
        "Train Model",
        {"Untrained model": LINE, "Dataset": {"x": [1.0, 2.0], "y": ["a", "b"]}},
        {"Label column": names("y")},
        83,
    ),
    (
        "Train Model",
        {
            "Untrained model": CLASSIFIER,
            "Dataset": {"x": [1.0, 2.0, 3.0], "y": ["a", "b", "c"]},
        },
        {"Label column": names("y")},
        83,
    ),
    (
        "Train Model",
        {"Untrained model": LINE, "Dataset": {"y": [1.0, 2.0]}},
        {"Label column": names("y")},
        140,
    ),
    (
        "Train Model",
        {"Untrained model": LINE, "Dataset": NONE},
        {"Label column": names("y")},
        3,
    ),
    (
        "Train Model",
        {"Untrained model": LINE, "Dataset": NO_ROWS},
        {"Label column": names("y")},
        21,
    ),
    (
        "Train Matchbox Recommender",
        {TRIPLES: XY},
        {},
        22,
    ),
    (
        "Test Hypothesis Using t-Test",
        dataset(XY),
        {"T-test type": "PairedSamples", "Target column(s)": names("x")},
        31,
    ),
    (
        "Test Hypothesis Using t-Test",
        dataset({"x": [1.0, float("nan"), 3.0]}),
        {"Target column(s)": names("x")},
        32,
    ),
    (
        "Test Hypothesis Using t-Test",
        dataset(INFINITE),
        {"Target column(s)": names("x")},
        33,
    ),
    (
        "Train Anomaly Detection Model",
        {
            "Untrained model": {"module": "PCA-Based Anomaly Detection"},
            "Dataset": {"columns": XY, "kinds": {"x": "None", "y": "None"}},
        },
        {},
        47,
    ),
    (
        "Train Model",
        {
            "Untrained model": {"module": "Multiclass Logistic Regression"},
            "Dataset": {**XY, "y": [1.0, float("nan"), 2.0]},
        },
        {"Label column": names("y")},
        32,
    ),
    (
        "Train Model",
        {"Untrained model": CLASSIFIER, "Dataset": {**INFINITE, "y": ["a", "b", "a"]}},
        {"Label column": names("x")},
        33,
    ),
    ("SMOTE", {"Samples": LABELLED}, {"SMOTE percentage": "-1"}, 5),
    ("SMOTE", {"Samples": LABELLED}, {"SMOTE percentage": "2000000000"}, 138),
    ("Two-Class Neural Network", {}, {"Learning rate": "1.5"}, 8),
    (
        "Unpack Zipped Datasets",
        dataset({"zip": {"a.csv": "x,y", "b.csv": "x"}}),
        {},
        132,
    ),
    (
        "Unpack Zipped Datasets",
        dataset({"zip": {"a.csv": "x,y"}}),
        {"Dataset to Unpack": "b.csv"},
        133,
    ),
    ("Unpack Zipped Datasets", dataset({"zip": {"a.csv": "x,x"}}), HEADED, 49),
    (
        "Enter Data Manually",
        {},
        {
            "DataFormat": "ARFF",
            "Data": "@attribute a numeric\n@attribute a numeric\n@data\n1,2\n",
        },
        49,
    ),
    (
        "Enter Data Manually",
        {},
        {"DataFormat": "SVMLight", "Data": "1 1:2 1:3\n"},
        49,
    ),
    (
        "Train Model",
        {
            "Untrained model": CLASSIFIER,
            "Dataset": {**XY, "y": [0.5, 1.5, 2.5]},
        },
        {"Label column": names("y")},
        58,
    ),
    (
        "Train Model",
        {
            "Untrained model": CLASSIFIER,
            "Dataset": {
                "columns": {**XY, "u": [1] * 3, "w": [1] * 3},
                "kinds": WEIGHTS,
            },
        },
        {"Label column": names("y")},
        122,
    ),
    (
        "Train Model",
        {
            "Untrained model": CLASSIFIER,
            "Dataset": {"columns": {**XY, "w": ["a"] * 3}, "kinds": {"w": "Weight"}},
        },
        {"Label column": names("y")},
        124,
    ),
    (
        "Group Data into Bins",
        dataset(XY),
        {
            "Binning mode": "Equal Width with Custom Start and Stop",
            "Bin width": "0.0000001",
        },
        8,
    ),
    ("Convert to CSV", {}, {}, 3),
    ("Select Columns in Dataset", dataset(XY), {"Select Columns": indices("x-")}, 59),
    ("Import Data", {}, {**BY_HTTP, "URL": "file:///etc/passwd"}, 29),
    (
        "Preprocess Text",
        dataset(TEXTS),
        {"Text column to clean": names("t"), "Remove by part of speech": "True"},
        39,
    ),
    ("Execute Python Script", {}, {"Python script": "def azureml_main(:"}, 85),
    (
        "Train Matchbox Recommender",
        {TRIPLES: {"u": ["a", "a"], "i": ["x", "x"], "r": [1, 2]}},
        {},
        34,
    ),
    (
        "Train Matchbox Recommender",
        {TRIPLES: RATINGS, OF_USERS: {"User": ["a"], "age": [30]}},
        {},
        35,
    ),
    (
        "Train Matchbox Recommender",
        {TRIPLES: RATINGS, OF_USERS: {"User": ["a", "a", "b"], "age": [1, 2, 3]}},
        {},
        36,
    ),
]


# The longest texts of the reference; what we add stands behind them.
TEXTS_OF = {
    1: r'Column with name or index ".*" does not exist in ".*"',
    2: (
        r'Failed to parse ".*" parameter|Failed to convert ".*" parameter value ".*" '
        r'from ".*" to ".*"'
    ),
    3: r'Input ".*" is null or empty',
    4: r'Parameter ".*" value should be greater than \S+\.',
    5: r'Parameter ".*" value should be greater than or equal to \S+\.',
    6: r'Parameter ".*" value should be less than parameter ".*" value\.',
    7: (r'Parameter ".*" value should be less than or equal to parameter ".*" value\.'),
    8: r'Parameter ".*" value should be in the range of \[\S+, \S+\]\.',
    10: (
        r"Column names are not the same for column \d+ \(zero-based\) of input "
        r"datasets \(.* and .* respectively\)\."
    ),
    11: r'Specified column set ".*" does not apply to any of dataset columns\.',
    13: r'Learner ".*" has invalid type\.',
    16: (
        r"Column element types are not compatible for column \d+ \(zero-based\) of "
        r"input datasets \(.* and .* respectively\)\.|Columns with corresponding "
        r"index in input datasets do have incompatible types\."
    ),
    17: (
        r'Cannot process column ".*" of type .*\. The type is not supported by the '
        r"module\."
    ),
    18: r'Dataset is not valid\.|".*" contains invalid data\.',
    20: (
        r"Number of columns in input dataset is less than allowed minimum of \d+ "
        r"column\(s\)\."
    ),
    21: (
        r"Number of rows in input dataset is less than allowed minimum of \d+ "
        r"row\(s\)\."
    ),
    22: r"Number of selected columns in input dataset does not equal to \d+\.",
    24: r'There is no label column in ".*"\.',
    25: r'There is no score column in ".*"\.',
    27: r'The size of ".*" is inconsistent with size of ".*"\.',
    28: r'The name ".*" is duplicated in ".*"\.',
    29: r"Invalid Uri is passed\.",
    30: r"Error while downloading the file: .*\.",
    31: (
        r"\d+ column\(s\) should be specified\. The actual number of specified "
        r"columns is \d+\."
    ),
    32: r'".*" is not a number\.',
    33: r'".*" is not finite\.',
    34: (
        r"More than one rating for user .* and item .* in rating prediction data "
        r"table\."
    ),
    35: r"Features for .* required but not provided\.",
    36: r"Duplicate feature definition for .*\.",
    37: r"Multiple label columns are specified\.",
    39: r"Error while completing operation: .*\.",
    42: r'Could not convert column ".*" of type .* to column of type .*\.',
    47: (
        r'Number of feature columns in input dataset ".*" is less than allowed '
        r"minimum of \d+ column\(s\)\."
    ),
    49: r"Error while parsing the file: .*\.",
    56: r'Column with name ".*" is not in an allowed category\.',
    57: r'File or Blob ".*" already exists\.',
    58: r'The label column ".*" is not expected in ".*"\.',
    59: r'Column index or range ".*" could not be parsed\.',
    60: r'Column range ".*" is invalid or out of range\.',
    62: r"All models must have the same learner type\.",
    67: r'Expected "\d+" columns but found "\d+" columns instead\.',
    69: r'SQL query ".*" is not correct: .*',
    83: r'".*" contains invalid data for training\. Learner type: .*\.',
    85: r"Error during evaluation of script\.",
    89: (
        r"The number of classes is incorrect\. Make sure that the number of classes "
        r"you specify in the parameter pane is greater than or equal to the number of "
        r"classes in the label column\."
    ),
    102: r"Given ZIP file is not in the correct format",
    122: r"Multiple weight columns are specified\.",
    124: r"Non-numeric column is specified as the weight column\.",
    132: (
        r"The file contains more than one file\. Specify the file to expand\. The "
        r"following files were found: .*"
    ),
    133: r"The specified file was not found\. Found the following file\(s\): .*",
    134: r"Label column is missing or has less than \d+ labeled rows",
    138: r"Memory has been exhausted, unable to complete running of module\.",
    140: (r"Specified column set does not contain other columns except label column\."),
}


@pytest.mark.parametrize(("name", "inputs", "given", "number"), CASES)
def test_a_documented_error_has_its_number_and_text(
    name: str, inputs: Told, given: Told, number: int
) -> None:
    module = SHELF.find(name)
    values = {port: value_of(told, SHELF.names) for port, told in inputs.items()}
    with pytest.raises(ModuleError) as refusal:
        module.apply(values, module.settle(settings_of(given)), FakeOutside({}))
    assert refusal.value.number == number, refusal.value.message
    assert re.match(TEXTS_OF[number], refusal.value.text), refusal.value.message
    assert refusal.value.module == module.name
