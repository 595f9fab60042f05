"""Drafts the SQL of the tables as they are declared, for whoever writes a migration: `python -m tables.draft sqlite`.

A migration is edited by hand and then never changed; a test compares what migrations make with what is declared here.
"""

import sys
from collections.abc import Iterator

from piccolo.columns import Column, ForeignKey, Serial
from piccolo.table import Table

import tables


def column_type(column: Column, engine: str) -> str:
    """The type as either engine spells it. Serial, BigInt and Bytea are where they differ."""
    name = type(column).__name__
    if isinstance(column, ForeignKey):
        return column_type(column._foreign_key_meta.resolved_references._meta.primary_key, engine)
    if name in ("BigInt", "Integer"):
        return "BIGINT" if engine == "sqlite" or name == "BigInt" else "INTEGER"
    if name == "Bytea":
        return "BLOB" if engine == "sqlite" else "BYTEA"
    if name == "Varchar":
        return f"VARCHAR({column.length})"
    return {"UUID": "UUID", "Text": "TEXT", "Timestamptz": "TIMESTAMPTZ", "Boolean": "BOOLEAN", "JSON": "JSON"}[name]


def column_line(column: Column, engine: str) -> str:
    name = f'"{column._meta.db_column_name}"'
    if isinstance(column, Serial):
        return f"{name} " + ("INTEGER PRIMARY KEY" if engine == "sqlite" else "BIGSERIAL PRIMARY KEY")
    words = [name, column_type(column, engine)]
    words += ["PRIMARY KEY"] if column._meta.primary_key else []
    words += [] if column._meta.null else ["NOT NULL"]
    words += ["UNIQUE"] if column._meta.unique else []
    if isinstance(column, ForeignKey):
        target = column._foreign_key_meta.resolved_references._meta
        words.append(f'REFERENCES "{target.tablename}" ("{target.primary_key._meta.db_column_name}") ON DELETE RESTRICT')
    return " ".join(words)


def table_lines(table: type[Table], engine: str) -> Iterator[str]:
    columns = sorted(table._meta.columns, key=lambda column: not column._meta.primary_key)
    yield f'CREATE TABLE "{table._meta.tablename}" (\n  ' + ",\n  ".join(column_line(c, engine) for c in columns) + "\n)"
    for column in table._meta.columns:
        if column._meta.index:
            name = column._meta.db_column_name
            yield f'CREATE INDEX "{table._meta.tablename}_{name}" ON "{table._meta.tablename}" ("{name}")'


def statements(engine: str) -> list[str]:
    lines = [line for table in tables.ALL for line in table_lines(table, engine)]
    return lines + list(tables.CONSTRAINTS)


if __name__ == "__main__":
    print(";\n".join(statements(sys.argv[1])) + ";")
