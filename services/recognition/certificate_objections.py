"""What people say against a certificate while it is on public notice (民发〔2015〕149号: 公示)."""

import unicodedata
from collections.abc import Sequence

from db.models.certificates import CertificateObjection
from db.stores import certificates as rows
from db.work import Work
from services import clock
from services.errors import Refusal
from services.permissions import Actor
from services.recognition import certificates
from services.recognition.certificates import ON_NOTICE, State

LONGEST = 500


async def file(
    work: Work, by: Actor, number: str, *, words: str, token: str
) -> CertificateObjection:
    """Keep what somebody says and tell the staff of the community.

    Raises Refusal: certificate_checks.not_on_notice.
    """
    written = unicodedata.normalize("NFKC", number).strip().upper()
    found = await rows.by_number(work.session, written)
    since = clock.now() - ON_NOTICE
    if found is None or found.state != State.ISSUED or (found.issued_at or since) <= since:
        raise Refusal("certificate_checks.not_on_notice")
    row = CertificateObjection(
        certificate_id=found.id,
        person_id=by.person_id,
        words=words.strip()[:LONGEST],
        form_token=token,
        at=clock.now(),
    )
    await rows.add(work.session, row)
    for person_id in await certificates.staff_of(work, found):
        work.notify(
            person_id,
            "certificate_checks.objection",
            certificate_id=found.id,
            number=found.number,
        )
    return row


async def against(work: Work, certificate_id: int) -> Sequence[CertificateObjection]:
    """What was said against a certificate, the earliest first; for who may see the certificate."""
    return await rows.objections(work.session, certificate_id)
