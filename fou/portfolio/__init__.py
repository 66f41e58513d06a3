"""The projects: finding them, everything that is known about one, and what they come to in figures."""

from fou.portfolio.finding import (
    ORDERS,
    Base,
    Filter,
    Found,
    Listed,
    TimeSpans,
    along_time,
    area_names,
    found,
    listed,
    orders,
    project_years,
    read_base,
)
from fou.portfolio.page import Applied, Judged, ProjectPage, project_page, project_title, project_titles
from fou.portfolio.sources import Figure, count_sources_behind, sources_behind
from fou.portfolio.statistics import AreaSums, Payments, Sizes, SoughtYear, by_area, payments, sizes, sought

__all__ = [
    "ORDERS",
    "Applied",
    "AreaSums",
    "Base",
    "Figure",
    "Filter",
    "Found",
    "Judged",
    "Listed",
    "Payments",
    "ProjectPage",
    "Sizes",
    "SoughtYear",
    "TimeSpans",
    "along_time",
    "area_names",
    "by_area",
    "count_sources_behind",
    "found",
    "listed",
    "orders",
    "payments",
    "project_page",
    "project_title",
    "project_titles",
    "project_years",
    "read_base",
    "sizes",
    "sought",
    "sources_behind",
]
