from core import inventory
from vault.models import DataKey, KeyCheck, WrappingKey

inventory.exempt(
    DataKey,
    reason="Random keys beside plain ids; destroyed with the data they seal, the row is the proof.",
)
inventory.exempt(KeyCheck, reason="Fingerprints of the installation's keys; nobody's data.")
inventory.exempt(
    WrappingKey, reason="Public ids of the installation's keys and counts; nobody's data."
)
