"""Every column that holds files says who reads them through it, and whose they are."""

from plut_api.kit.files.attaching import HOLDERS
from plut_api.personal import HOOKS
from plut_api.tables import METADATA
from plut_api.walls.declared import CLOSED


def test_every_column_of_file_ids_is_registered_with_whose_files_they_are() -> None:
    assert HOOKS
    columns = {
        f"{table.name}.{key.parent.name}"
        for table in METADATA.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "files"
    }
    registered = {str(holder.column.property.columns[0]) for holder in HOLDERS}

    assert columns == registered
    assert [str(holder.column) for holder in HOLDERS if holder.of_subject is None] == []


def test_every_wall_lets_the_tables_be_asked_that_hold_files() -> None:
    assert [holder for holder in HOLDERS if holder.column.class_.__tablename__ in CLOSED] == []
