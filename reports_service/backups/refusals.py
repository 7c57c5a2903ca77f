"""Why a backup is not made, not read or not restored."""

from __future__ import annotations

from reports_service.domain.errors import Conflict, Invalid, NotFound


class BackupExists(Conflict):
    """There is a file of this name; a backup is never written over."""

    code = "backup_exists"


class BackupNotWritten(Conflict):
    """The place for the archive cannot be written, or is full."""

    code = "backup_not_written"


class BackupNotFound(NotFound):
    """There is no such archive, or it may not be read."""

    code = "backup_not_found"


class BackupKeyUnusable(Invalid):
    """The file of the key is not there, or too short to be one."""

    code = "backup_key_unusable"


class BackupKeyNeeded(Conflict):
    """The archive is encrypted, and what opens it was not given."""

    code = "backup_key_needed"


class BackupPassphraseNeeded(Conflict):
    """The archive is encrypted by a passphrase, and none was given."""

    code = "backup_passphrase_needed"


class BackupKeyWrong(Conflict):
    """The key does not open this archive."""

    code = "backup_key_wrong"


class BackupNotEncrypted(Conflict):
    """A key was given, and the archive needs none: perhaps it is not the one that was meant."""

    code = "backup_not_encrypted"


class BackupDamaged(Conflict):
    """A sealed chunk of the archive is not what was written."""

    code = "backup_damaged"


class BackupBrokenOff(Conflict):
    """The archive has no end: it was not finished, or not copied whole."""

    code = "backup_broken_off"


class BackupPartDamaged(Conflict):
    """One part of the archive is not what its sum says."""

    code = "backup_part_damaged"


class BackupNotOurs(Invalid):
    """The file is no backup of this service."""

    code = "backup_not_ours"


class BackupTooNew(Conflict):
    """The archive was made by a later version of the service."""

    code = "backup_too_new"


class DatabaseWithoutTables(Conflict):
    """There is nothing to back up."""

    code = "backup_no_tables"


class DatabaseDamaged(Conflict):
    """The database itself says that it is not whole."""

    code = "backup_database_damaged"


class OtherEngine(Conflict):
    """The archive is of the other kind of database."""

    code = "restore_other_engine"


class DatabaseNotEmpty(Conflict):
    """What is there would be lost."""

    code = "restore_not_empty"


class ServiceRuns(Conflict):
    """The service of this data folder runs."""

    code = "restore_service_runs"


class SecretDiffers(Conflict):
    """Restored under another secret, reporters' data and tracking tokens would be lost."""

    code = "restore_secret_differs"
