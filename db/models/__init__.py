"""All tables, so that the metadata is whole wherever the models are imported."""

from db.models import (
    activities,
    certificates,
    clubs,
    entries,
    forms,
    people,
    places,
    questions,
    queues,
    report_desk,
    reports,
    supervisors,
    surveys,
    volunteers,
)

__all__ = [
    "activities",
    "certificates",
    "clubs",
    "entries",
    "forms",
    "people",
    "places",
    "questions",
    "queues",
    "report_desk",
    "reports",
    "supervisors",
    "surveys",
    "volunteers",
]
