"""Imported by the process that others are forked from: the catalogue is then there already."""

from pipelines.catalogue.load import load_catalogue
from tests.end_to_end import crashing

assert crashing.errand
load_catalogue()
