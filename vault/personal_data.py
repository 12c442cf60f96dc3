from core import inventory
from vault.models import DataKey, KeyCheck

inventory.exempt(
    DataKey,
    reason="Random keys beside plain ids; destroyed with the data they seal, the row is the proof.",
)
inventory.exempt(KeyCheck, reason="Fingerprints of the installation's keys; nobody's data.")
