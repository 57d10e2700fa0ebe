"""Reads the table of a source as one of ours: its headers under our names, fixed values, its words as ours."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from plut_api.integration.files import FileFault, Row, Table
from plut_api.integration.files.table import column_name


@dataclass(frozen=True)
class Reading:
    """How the files of a source are read; names and words in the form in which they are compared."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Our column by the source's header."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """By our column, the value of cells that are empty or lacking."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By our column, our value by the source's word."""

    @classmethod
    def of(cls, definition: Mapping[str, Any] | None) -> "Reading":
        """The reading that a saved definition asks for; none changes nothing."""
        if definition is None:
            return cls()
        words: dict[str, dict[str, str]] = {}
        for each in definition["translations"]:
            words.setdefault(each["column"], {})[_word(each["word"])] = each["value"]
        return cls(
            {column_name(each["header"]): each["column"] for each in definition["columns"]},
            {each["column"]: each["value"] for each in definition["fixed"]},
            words,
        )

    def known(self, columns: Collection[str]) -> tuple[str, ...]:
        """The names by which a file may have its columns: ours, and those of the source."""
        return (*columns, *(name for name in self.columns if name not in columns))

    def read(self, table: Table) -> Table:
        """The table under our names. Raises FileFault where two headers mean one column."""
        if not (self.columns or self.fixed or self.words):
            return table
        names = [self.columns.get(name, name) for name in table.columns]
        if table.is_loose:
            names = _without_doubles(names, table.columns, self.columns)
        if twice := sorted({name for name in names if name and names.count(name) > 1}):
            raise FileFault("column_twice", columns=twice)
        added = [name for name in self.fixed if name not in names]
        return Table([*names, *added], table.header_line, self._rows(table.rows, names, len(added)))

    def _rows(self, rows: Iterator[Row], names: list[str], added: int) -> Iterator[Row]:
        width = len(names)
        translated = [(place, self.words[name]) for place, name in enumerate(names) if name in self.words]
        filled = [(place, self.fixed[name]) for place, name in enumerate(names) if name in self.fixed]
        more = [self.fixed[name] for name in self.fixed if name not in names]
        for line, cells in rows:
            read = [*cells, *[""] * (width - len(cells))]
            for place, words in translated:
                read[place] = words.get(_word(read[place]), read[place])
            for place, value in filled:
                read[place] = read[place].strip() or value
            yield line, [*read[:width], *more, *read[width:]] if added else read


def _without_doubles(names: list[str], own: list[str], mapped: Mapping[str, str]) -> list[str]:
    """Names without those of ours that only stand there because a line of objects may have any of them."""
    taken = {mapped[name] for name in own if name in mapped}
    return ["" if name in taken and own[place] not in mapped else name for place, name in enumerate(names)]


def _word(text: str) -> str:
    return " ".join(text.split()).casefold()
