"""A large budget in our own template."""

from __future__ import annotations

from decimal import Decimal

from fou.imports.template.tables import Table


def template_tables(lines: int) -> dict[str, Table]:
    """So many budget lines with three years each, four kinds for each project."""
    projects = lines // 4
    kinds = ("sökt", "beviljat", "utbetalt", "utfall")
    return {
        "Budget": [
            {
                "Projekt": f"P{project:05}", "Benämning": f"Projekt nummer {project}", "Finansiär": "Socialnämnden",
                "Slag": kind, "Källa": "mätning",
                **{2019 + (project + i) % 8: Decimal(100_000 + project + i) for i in range(3)},
            }
            for project in range(projects)
            for kind in kinds
        ],
        "Projekt": [
            {"Kod": f"P{n:05}", "Projekt": f"Projekt nummer {n}", "Område": "Barn och unga"} for n in range(projects)
        ],
        "Finansiärer": [{"Finansiär": "Socialnämnden", "Slag": "kommun"}],
        "Områden": [{"Område": "Barn och unga"}],
    }  # fmt: skip
