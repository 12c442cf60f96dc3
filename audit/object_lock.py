"""Outside copies in S3: an object for each checkpoint, locked until its time is over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from audit.publishers import Contradiction, PublishFailed

# As long as the events themselves are kept.
LOCK_DAYS = 2555
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\Z")
# Keys are listed in the order of their text: the rest to this number puts the newest first.
_TOP = 10**18
_KEY = re.compile(r"([0-9]{19})-([0-9]+)\.note\Z")


class S3Publisher:
    """One object for each checkpoint, under Object Lock in compliance mode: until the lock ends
    nobody can overwrite or delete that version, the account's owner included.

    Reads the oldest version of an object, which is the one that the lock kept: who holds the
    credentials can add versions and delete markers, and neither hides it.
    """

    readable = True

    def __init__(
        self, bucket: str, prefix: str, *, region: str = "", endpoint: str = "", lock_days: int
    ) -> None:
        self._bucket, self._prefix = bucket, f"{prefix}/" if prefix else ""
        self._region, self._endpoint, self._lock_days = region, endpoint, lock_days
        self._made: Any = None
        self.address = f"s3://{bucket}/{prefix}" + (f"?endpoint={endpoint}" if endpoint else "")

    @classmethod
    def parse(cls, bucket: str, path: str, options: Iterable[tuple[str, str]]) -> S3Publisher:
        """From an address's parts. Raises ImproperlyConfigured."""
        given = dict(options)
        days = given.pop("lock_days", str(LOCK_DAYS))
        region, endpoint = given.pop("region", ""), given.pop("endpoint", "")
        parts = urlsplit(endpoint)
        secure = parts.scheme == "https" or (
            settings.OUTBOUND_ALLOW_LOOPBACK and parts.hostname == "127.0.0.1"
        )
        if not _BUCKET.match(bucket) or given or not days.isdecimal():
            raise ImproperlyConfigured(
                "AUDIT_PUBLISHERS: S3 is s3://bucket/prefix?region=..&endpoint=..&lock_days=.."
            )
        if endpoint and (not secure or not parts.hostname or parts.username or parts.password):
            raise ImproperlyConfigured(
                "AUDIT_PUBLISHERS: an S3 endpoint is https://host, without a password."
            )
        return cls(bucket, path.strip("/"), region=region, endpoint=endpoint, lock_days=int(days))

    def publish(self, note: str, size: int) -> None:
        key = f"{self._prefix}{_TOP - size:019d}-{size}.note"
        lock = {}
        if self._lock_days:
            lock = {
                "ObjectLockMode": "COMPLIANCE",
                "ObjectLockRetainUntilDate": timezone.now() + timedelta(days=self._lock_days),
            }
        with _failures():
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=note.encode(),
                    ContentType="text/plain; charset=utf-8",
                    IfNoneMatch="*",
                    **lock,
                )
            except self._client.exceptions.ClientError as error:
                if error.response["Error"]["Code"] != "PreconditionFailed":
                    raise
                if self._oldest(key) != note:
                    raise Contradiction(f"The copy has another note of {size} events.") from None

    def read_last(self) -> str | None:
        with _failures():
            return self._oldest(self._prefix)

    def _oldest(self, prefix: str) -> str | None:
        """The first version of the first checkpoint under ``prefix``."""
        found: dict[str, Any] | None = None
        for version in self._versions(prefix):
            if found is not None and version["Key"] != found["Key"]:
                break
            if found is None or version["LastModified"] <= found["LastModified"]:
                found = version
        if found is None:
            return None
        answer = self._client.get_object(
            Bucket=self._bucket, Key=found["Key"], VersionId=found["VersionId"]
        )
        return answer["Body"].read(64 * 1024).decode(errors="replace")

    def _versions(self, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=prefix, PaginationConfig={"PageSize": 20}
        )
        for page in pages:
            for version in page.get("Versions", ()):
                if _KEY.match(version["Key"].removeprefix(self._prefix)):
                    yield version

    @property
    def _client(self) -> Any:
        if self._made is None:
            import boto3
            from botocore.config import Config

            self._made = boto3.session.Session().client(
                "s3",
                region_name=self._region or None,
                endpoint_url=self._endpoint or None,
                config=Config(
                    connect_timeout=3,
                    read_timeout=10,
                    retries={"total_max_attempts": 2},
                    s3={"addressing_style": "path" if self._endpoint else "auto"},
                ),
            )
        return self._made


@contextmanager
def _failures() -> Iterator[None]:
    """What S3 and the way to it can raise, as PublishFailed without addresses or keys."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "?")
        raise PublishFailed(f"S3 refused ({code}).") from None
    except (BotoCoreError, OSError) as error:
        raise PublishFailed(f"S3 could not be asked ({type(error).__name__}).") from None
