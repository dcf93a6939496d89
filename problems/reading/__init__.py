"""Rows of data from files, arrays and frames, with every cell's type and place kept."""

from problems.reading.data_columns import DataColumn, data_column
from problems.reading.levels import Levels, levels
from problems.reading.numbers import Numbers, numbers
from problems.reading.tables import Table, table_of_arrays, table_of_file, table_of_frame

__all__ = ["DataColumn", "Levels", "Numbers", "Table", "data_column", "levels", "numbers"]
__all__ += ["table_of_arrays", "table_of_file", "table_of_frame"]
