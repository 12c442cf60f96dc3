"""Parts of numbers, several data in one breath, and names in passing."""

# The last digits: what an agent asks for so as not to hear the whole number.
PARTS = {
    "SSN": """
? What are the last four of your social?
? Can you confirm the last four digits of your Social Security number?
? And the last four of the social, please?
? Just the last four of your SSN.
- The last four of my social are {PART}.
- Last four of my social is {PART}.
- My social ends in {PART}.
- Last four, {PART}, that's the social.
- The last four digits of my SSN are {PART}.
- {PART} are the last four of my social security number.
""",
    "CARD": """
? What are the last four digits of the card?
? Can you tell me the last four of the card you used?
? Which card is it, the last four digits please?
- The card ends in {PART}.
- It's my card ending in {PART}.
- The last four of my card are {PART}.
- Last four digits on the card, {PART}.
- My debit card, last four {PART}.
""",
    "ACCOUNT": """
? What are the last four digits of the account?
? Which account, the last four please?
- It's the account ending in {PART}.
- The last four of my account number are {PART}.
- My checking account, last four {PART}.
""",
    "PHONE": """
? What are the last four digits of your phone number?
? Can you confirm the last four of the cell on file?
- The last four of my phone are {PART}.
- My cell ends in {PART}.
""",
}

COMBINED = """My name is {NAME} and my date of birth is {DOB}.
It's {NAME}, {DOB}.
{NAME}, and my phone number is {PHONE}.
Yes, this is {NAME}, I live at {ADDRESS}.
My name's {NAME}, account number {ACCOUNT}.
The card is {CARD}, expires {expiry}, and the security code is {CVV}.
{CARD}, expiration {expiry}, CVV {CVV}.
Email is {EMAIL} and the phone is {PHONE}.
My social is {SSN} and my birthday is {DOB}.
You can call me at {PHONE} or email me at {EMAIL}.
{FIRST} {LAST}, that's {SPELL}, born {DOB}.
The MRN is {MRN}, the patient is {OTHER}.
Account {ACCOUNT}, and the PIN is {PIN}.
It's for {OTHER}, date of birth {DOB}, medical record number {MRN}.
Send it to {NAME}, {ADDRESS}.
My account number is {ACCOUNT} and the password is {PASSWORD}.
I'm {NAME}, my member ID is {ACCOUNT} and my phone is {PHONE}.
The IBAN is {IBAN} and the account holder is {NAME}.
Okay so {NAME}, {ADDRESS}, and the phone is {PHONE}.
The user is {EMAIL} and the password is {PASSWORD}.
My name is {NAME}, N as in Nancy, no wait, never mind, just {FIRST}.
SSN {SSN}, phone {PHONE}, email {EMAIL}.
The router is {IP} and the password on it is {PASSWORD}.
My wife {OTHER} has the card, it's {CARD}.""".split("\n")

GREETINGS = """Thank you for calling {org}, this is {AGENT}, how can I help you?
{org}, {AGENT} speaking.
Hello, my name is {AGENT} and I'm calling from {org}.
Hi, this is {AGENT} with {org}, am I speaking with {NAME}?
Good afternoon, is this {NAME}?
You're through to {AGENT} at {org}. How can I help?""".split("\n")

PASSING = """A> Thank you, {FIRST}. | C> Sure.
A> All right, Mr. {LAST}, one moment. | C> Okay.
A> Thanks {FIRST}, I found your file. | C> Great.
C> Hi {AGENT}, how are you? | A> I'm fine, thank you for asking.
A> Is it all right if I call you {FIRST}? | C> Yes, of course.
A> Ms. {LAST}, are you still there? | C> I'm here.
C> Thanks, {AGENT}, you've been great. | A> You're welcome, {FIRST}.
A> I'll note that you spoke with {AGENT}. | C> Perfect.""".split("\n")

NAME_ANSWERS = """{X}|{X}.|It's {X}.|Sure, {X}.|This is {X}.|My name is {X}.|Yeah, um, {X}.|I'm {X}.
{X} here.|That's {X}.|Uh, {X}.|Hi, it's {X}.|Yes, {X}.|{X}, speaking.|You can call me {X}.
Oh sorry, {X}.|It's under {X}.|The name is {X}.|Okay, {X}.|It should be under {X}.|{X}, yes."""
NAME_ANSWERS_ALL = [each for line in NAME_ANSWERS.split("\n") for each in line.split("|")]
