"""English."""

from __future__ import annotations

from masking.languages.table import Language, words

FILLERS = words(
    "um umm uh uhm er erm ah eh hm hmm mm and then okay ok so like dash hyphen space slash dot "
    "point comma wait sorry no actually correction i mean well yeah yes let me see again "
    "that's thats pause"
)

TABLE = Language(
    code="en",
    digits={
        "zero": "0", "oh": "0", "o": "0", "nought": "0", "naught": "0", "nil": "0", "null": "0",
        "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
        "seven": "7", "eight": "8", "nine": "9", "niner": "9",
    },
    teens={
        "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14",
        "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
    },
    tens={
        "twenty": "2", "thirty": "3", "forty": "4", "fourty": "4", "fifty": "5", "sixty": "6",
        "seventy": "7", "eighty": "8", "ninety": "9",
    },
    hundred=frozenset({"hundred"}),
    hundreds={},
    thousand=frozenset({"thousand"}),
    repeat={"double": 2, "triple": 3, "treble": 3, "quadruple": 4},
    homophones={
        "for": "4", "fore": "4", "to": "2", "too": "2", "ate": "8", "won": "1", "tree": "3",
        "sex": "6", "sicks": "6", "nein": "9", "owe": "0",
    },
    fillers=FILLERS,
    neutral=FILLERS | words(
        "got it go ahead next right thank thanks you continue please rest last the a numbers "
        "number digits digit keep going i'm listening far sure great perfect huh mhm yep yup "
        "alright all good ready it's its is are they're carry on first group"
    ),
    units=words(
        "dollar dollars bucks cents pounds quid pence euro euros percent day days week weeks "
        "month months year years hour hours minute minutes second seconds people times miles "
        "am pm o'clock oclock grams mg ml milligrams items points st nd rd th street avenue "
        "road drive lane"
    ),
    cues={
        "CVV": (
            "cvv", "cvc", "csc", "cvn", "cid", "c v v", "c v c", "c v", "cv", "see v v",
            "see vv", "c vv", "cv v", "security code",
            "security codes", "security number", "security digits", "card verification",
            "verification value", "verification code", "verification number", "card security",
            "card code", "code on the back", "code on your card", "code on the card",
            "code on the front", "code from the back", "number on the back",
            "numbers on the back", "number at the back", "numbers at the back",
            "digits on the back", "digits at the back", "digits on the front",
            "digits from the back", "digit on the back", "digits on back", "on the reverse",
            "back of the card", "back of your card", "back of my card", "back of card",
            "signature strip", "on the back", "on back", "off the back", "from the back",
            "at the back", "behind the card", "back side", "validation code", "validation number",
            "cvvcode", "cvvnumber", "cvvno", "cvccode", "cvcnumber", "signature panel",
            "three digit", "3 digit", "three digits",
            "3 digits", "three numbers", "3 numbers", "four digits on the front", "sec code",
            "security pin", "security value",
        ),
        "PIN": (
            "pin", "p i n", "pins", "pin number", "pin code", "passcode", "pass code",
            "personal identification number", "identification number", "pincode", "atm code",
            "secret number", "secret code", "pinnumber", "pinno", "phone banking code",
            "telephone banking code",
        ),
        "CARD": (
            "card number", "credit card", "debit card", "card is", "long number",
            "sixteen digits", "16 digits", "sixteen digit", "16 digit", "number on the front",
            "visa", "mastercard", "amex", "american express",
        ),
        "SSN": (
            "social security number", "social security", "social", "ssn", "s s n", "social is",
            "last four of my social", "last four of your social", "tax id", "itin",
        ),
        "PHONE": (
            "phone", "phone number", "telephone", "mobile", "mobile number", "cell",
            "cell number", "cellphone", "call me", "call me back", "reach me", "callback number",
            "contact number", "text me", "best number", "my number", "call you", "reach you",
        ),
        "EMAIL": ("email", "e mail", "email address"),
        "DOB": ("date of birth", "birth date", "birthdate", "born on", "birthday", "born", "dob"),
        "ACCOUNT": (
            "account number", "account", "account is", "sort code", "routing number", "member id",
            "member number", "membership number", "policy number", "customer number", "iban",
        ),
        "MRN": ("medical record number", "medical record", "mrn", "m r n", "patient id",
                "patient number", "chart number"),
        "EXPIRY": (
            "expiry", "expiry date", "expiration", "expiration date", "expires", "expire",
            "expiring", "exp", "valid until", "valid thru", "valid through", "good thru",
        ),
        "CODE": ("code", "codes"),
        "OTHER": (
            "zip", "zip code", "postcode", "postal code", "post code", "promo code",
            "promotion code",
            "discount code", "coupon code", "area code", "country code", "booking code",
            "order", "order number", "order id",
            "confirmation", "confirmation number", "confirmation code", "reference",
            "reference number", "ref", "ticket", "ticket number", "case number", "tracking",
            "tracking number", "invoice", "invoice number", "flight", "room", "suite",
            "apartment", "unit number", "extension", "total", "amount", "balance", "price",
            "charge", "charged", "payment of", "costs", "ending in", "ends in", "ending with",
            "house number", "address", "street", "serial number", "model number", "version",
            "quantity", "temperature", "social media", "social event", "appointment", "meeting",
            "year",
        ),
    },
)  # fmt: skip
