"""All tables, so that the metadata is whole wherever the models are imported."""

from db.models import (
    entries,
    forms,
    people,
    places,
    questions,
    queues,
    reports,
    surveys,
    volunteers,
)

__all__ = [
    "entries",
    "forms",
    "people",
    "places",
    "questions",
    "queues",
    "reports",
    "surveys",
    "volunteers",
]
