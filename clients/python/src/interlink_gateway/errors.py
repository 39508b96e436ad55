"""The exceptions of the package.

`GatewayError` is the base of all. A `Problem` is an answer of the gateway; each of its types is a class of its own, so
that a program can catch exactly what it can handle. `str()` of a problem contains its findings and hints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ._terminal import plain, printable, printable_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .models import Cancellation, Finding, JobStatus, ProblemDocument


class GatewayError(Exception):
    """The base of all exceptions of this package.

    Attributes:
        idempotency_key: the Idempotency-Key of the submission that failed; None for other requests. A repetition with
            this key makes no second job.
    """

    idempotency_key: str | None = None

    def __str__(self) -> str:
        return self._with_key(super().__str__(), " ")

    def _with_key(self, text: str, separator: str) -> str:
        """The text, with the key if the job may have been submitted."""
        if self.idempotency_key is None or not self._may_be_done():
            return text
        advice = "The job may have been submitted. To repeat this without a second job, give the same Idempotency-Key"
        return f"{text}{separator}{advice}: {self.idempotency_key}"

    def _may_be_done(self) -> bool:
        """Whether the request may have been done despite the error."""
        return False


class ConfigurationError(GatewayError, ValueError):
    """A setting is missing or has a value that can't be used. The message names it."""


class LoginError(GatewayError):
    """The login failed, or it has expired and can't be renewed."""


class UnexpectedAnswer(GatewayError):
    """An answer is not what the API promises: something between client and gateway may have sent it."""

    def _may_be_done(self) -> bool:
        return True


class GatewayUnreachable(GatewayError, ConnectionError):
    """The gateway did not answer, despite retries."""

    def _may_be_done(self) -> bool:
        return True


class IssuerUnreachable(GatewayError, ConnectionError):
    """The login could not be renewed, despite retries, because its issuer failed or did not answer.

    The login may still be valid.
    """

    def _may_be_done(self) -> bool:
        return True


class WaitTimeout(GatewayError, TimeoutError):
    """The job did not reach the state in time. The job goes on; call `wait` again to go on waiting.

    Attributes:
        status: the job as it was last known.
    """

    def __init__(self, message: str, status: JobStatus) -> None:
        super().__init__(message, status)
        self.status = status

    def __str__(self) -> str:
        return str(self.args[0])


class JobFailed(GatewayError):
    """The job ended with a failure.

    Attributes:
        status: the job at its end.
        last_lines: the last lines of its log, without their ends; empty if it wrote none, or if they can't be read.
    """

    def __init__(self, status: JobStatus, last_lines: Sequence[str]) -> None:
        super().__init__(status, last_lines)
        self.status = status
        self.last_lines = tuple(last_lines)

    @property
    def reason(self) -> str | None:
        """Why it failed, such as `TIME_LIMIT`."""
        return self.status.reason

    @property
    def hint(self) -> str | None:
        """What to do about it."""
        return self.status.hint

    @property
    def exit_code(self) -> int | None:
        """The exit code of the first container that failed, if known: 0 to 255."""
        return self.status.exit_code

    def __str__(self) -> str:
        status = self.status
        lines = [
            f"Job {status.name!r} failed ({status.reason or 'unknown reason'}): {status.message or ''}".rstrip(" :")
        ]
        if status.hint:
            lines.append(f"Hint: {status.hint}")
        if self.last_lines:
            lines += ["The last lines of its log:", *(f"  {plain(line)}" for line in self.last_lines)]
        return printable_lines("\n".join(lines))


class JobDeleted(GatewayError):
    """The job was deleted, by a request of anybody or by a replacement.

    Attributes:
        name: the job's name.
        uid: the job's uid.
        cancellation: what is known of its end on the HPC, if anything is.
    """

    def __init__(self, name: str, uid: str, cancellation: Cancellation | None) -> None:
        super().__init__(name, uid, cancellation)
        self.name = name
        self.uid = uid
        self.cancellation = cancellation

    def __str__(self) -> str:
        known = f" {self.cancellation.stage}: {self.cancellation.message}" if self.cancellation else ""
        return printable(f"Job {self.name!r} was deleted.{known}")


class Problem(GatewayError):
    """An error that the gateway answered (RFC 9457).

    Attributes:
        status: the status of the HTTP answer, 400 to 599.
        type: the problem's type, such as `/problems/name-taken`.
        title: the type in a few words.
        detail: what is wrong.
        hint: what to do about it, or None.
        findings: one for each error and warning of the request; often empty.
        uid: the uid of the job that the problem is about, or None.
        retry_after: the seconds after which the gateway allows another attempt, or None.
    """

    problem_type: ClassVar[str] = ""

    def __init__(self, document: ProblemDocument, retry_after: float | None = None) -> None:
        super().__init__(document, retry_after)
        self.status = document.status
        self.type = document.type
        self.title = document.title
        self.detail = document.detail
        self.hint = document.hint or None
        self.uid = document.uid
        self.findings: tuple[Finding, ...] = document.findings
        self.retry_after = retry_after

    def __str__(self) -> str:
        lines = [f"{self.title} ({self.status}): {self.detail}"]
        if self.hint:
            lines.append(f"Hint: {self.hint}")
        lines += [str(finding) for finding in self.findings]
        return printable_lines(self._with_key("\n".join(lines), "\n"))

    def _may_be_done(self) -> bool:
        return self.status >= 500


class MalformedRequest(Problem):
    """400: the body or a parameter can't be read."""

    problem_type = "malformed-request"


class Unauthenticated(Problem):
    """401: there is no token, or it is not valid."""

    problem_type = "unauthenticated"


class Refused(Problem):
    """403: the server refuses the request."""

    problem_type = "refused"


class InsufficientRole(Problem):
    """403: the caller's role in the workspace does not allow this."""

    problem_type = "insufficient-role"


class NotFound(Problem):
    """404: there is no such object, or the caller has no access to it."""

    problem_type = "not-found"


class JobGone(NotFound):
    """404: the job no longer exists. `uid` is the last one of that name, by which the history has it."""

    problem_type = "job-gone"


class MethodNotAllowed(Problem):
    """405: the address does not support the method."""

    problem_type = "method-not-allowed"


class NotAcceptable(Problem):
    """406: the address does not offer the media type."""

    problem_type = "not-acceptable"


class BodyTooSlow(Problem):
    """408: the body did not arrive in time."""

    problem_type = "body-too-slow"


class NameTaken(Problem):
    """409: another job has the name, with a different definition."""

    problem_type = "name-taken"


class StillTerminating(Problem):
    """409: a job with the name was deleted, but its pod still exists."""

    problem_type = "still-terminating"


class JobExists(Problem):
    """409: the history of a job whose pod exists can't be deleted."""

    problem_type = "job-exists"


class LogGone(Problem):
    """410: the job's log is not in the archive, or is no longer there."""

    problem_type = "log-gone"


class CursorExpired(Problem):
    """410: the position in a list or a stream is no longer known."""

    problem_type = "cursor-expired"


class OtherJob(Problem):
    """412: the name belongs to another job now. Nothing was changed."""

    problem_type = "other-job"


class BodyTooLarge(Problem):
    """413: the body is larger than the gateway accepts."""

    problem_type = "body-too-large"


class UnsupportedMediaType(Problem):
    """415: the address does not take the media type."""

    problem_type = "unsupported-media-type"


class RangeNotSatisfiable(Problem):
    """416: the bytes that were requested are after the end of the log."""

    problem_type = "range-not-satisfiable"


class InvalidJob(Problem):
    """422: the job breaks rules. Each finding has its field, its message and a hint."""

    problem_type = "invalid-job"


class InvalidRequest(Problem):
    """422: the request breaks rules. Each finding has its field, its message and a hint."""

    problem_type = "invalid-request"


class IdempotencyKeyReused(Problem):
    """422: the Idempotency-Key was sent before, with another job."""

    problem_type = "idempotency-key-reused"


class TooManyRequests(Problem):
    """429: a limit of the caller's requests is reached, despite retries."""

    problem_type = "too-many-requests"


class InternalError(Problem):
    """500: a bug in the gateway."""

    problem_type = "internal-error"


class HistoryUnreadable(Problem):
    """500: what the history has of the job can't be read: it is damaged, or of another version of the gateway."""

    problem_type = "history-unreadable"


class ClusterRefused(Problem):
    """502: the cluster refused the gateway's request."""

    problem_type = "cluster-refused"


class Unavailable(Problem):
    """503: a part that the gateway needs did not respond, despite retries."""


class ClusterUnavailable(Unavailable):
    """503: the Kubernetes API server."""

    problem_type = "cluster-unavailable"


class HpcUnavailable(Unavailable):
    """503: the HPC's slurmrestd."""

    problem_type = "hpc-unavailable"


class HistoryUnavailable(Unavailable):
    """503: the database of the history."""

    problem_type = "history-unavailable"


class IssuerUnavailable(Unavailable):
    """503: the issuer of the token."""

    problem_type = "issuer-unavailable"


class Busy(Unavailable):
    """503: the gateway itself is busy."""

    problem_type = "busy"


def _all_types() -> dict[str, type[Problem]]:
    types: dict[str, type[Problem]] = {}
    waiting: list[type[Problem]] = [Problem]
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        if cls.problem_type:
            types[cls.problem_type] = cls
    return types


PROBLEMS = _all_types()
"""The exception of each problem type, by the last part of the type's address."""


def problem(document: ProblemDocument, retry_after: float | None = None) -> Problem:
    """The exception for the document; a plain `Problem` for a type that this version does not know."""
    return PROBLEMS.get(document.type.rpartition("/")[2], Problem)(document, retry_after)
