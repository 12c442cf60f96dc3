"""What is said around a person: names, dates of birth, postal addresses.

NAME is the caller, FIRST and LAST parts of it, SPELL the last name letter by letter; OTHER, OFIRST
and OLAST are somebody else.
"""

FRAMES = {
    "NAME": """
? Who am I speaking with?
? Can I have your full name, please?
? What's your name?
? And the name on the account?
? May I ask who's calling?
? Could you state your first and last name?
? What name is the reservation under?
? And whose name is on the policy?
? What's the patient's name?
? What is the name as it appears on the card?
? Who is the account holder?
? And your name, sir?
? Can I get a name for the order?
- My name is {NAME}.
- This is {NAME}.
- Hi, this is {NAME} calling about my bill.
- {NAME} speaking.
- I'm {NAME} and I have a question about my account.
- It's {FIRST}, I called earlier.
- The name's {LAST}, {NAME}.
- The account is in the name of {NAME}.
- My last name is {LAST}, that's {SPELL}.
- First name {FIRST}, last name {LAST}.
- {NAME}, and the last name is spelled {SPELL}.
- It's under my wife {OTHER}.
- My husband {OTHER} set this up.
- I have an appointment with Doctor {OLAST}.
- I'm calling on behalf of my mother, {OTHER}.
- I spoke with {OFIRST} yesterday.
- Can you put me through to {OTHER}?
- The appointment is for my son {OTHER}.
- You're talking to {NAME}.
- Mrs. {LAST} here.
- My daughter's name is {OTHER}.
- It says Mr. {LAST} on the letter.
- The card holder is {NAME}.
- Hello, {NAME} here, I got a letter from you.
- I'm calling for {OTHER}, I'm her caregiver.
- Name on the card is {NAME}.
- Dr. {OLAST} referred me.
- Please add {OTHER} as an authorized user.
- Speaking, this is {FIRST}.
- The policy holder is {OTHER}, my father.
- Can I talk to {OFIRST} in billing? I'm {NAME}.
- My maiden name was {OLAST}.
""",
    "DOB": """
? What's your date of birth?
? And your birthday?
? Can you confirm your date of birth for me?
? When were you born?
? And the patient's date of birth?
? What is the DOB on the file?
? Your birth date, please?
? For security, can I take your date of birth?
? Could you verify the month, day and year you were born?
? And the date of birth of the policy holder?
? What's her date of birth?
? Please say your date of birth, for example January first nineteen seventy.
- My date of birth is {DOB}.
- I was born on {DOB}.
- DOB {DOB}.
- Born {DOB}.
- My birthday is {DOB}.
- {DOB} is my date of birth.
- Date of birth, {DOB}.
- The patient was born on {DOB}.
- My son's date of birth is {DOB}.
- You have my birthday wrong, it's {DOB}.
- His birth date is {DOB}.
- My birthdate's {DOB}.
- She was born {DOB} in {city}.
- My DOB is {DOB} and I'm calling about my results.
- I was born {DOB}, so I qualify, right?
- For the date of birth put {DOB}.
""",
    "ADDRESS": """
? What's your address?
? Can I have your mailing address, please?
? Where should we ship it?
? And the billing address for the card?
? What is the service address?
? Could you confirm your home address?
? Where do you live?
? What address should I send the technician to?
? And the street address with the zip?
? What's the address on the account?
? Which address do we have for you?
? Where would you like it delivered?
? What's your new address?
- My address is {ADDRESS}.
- I live at {ADDRESS}.
- Please ship it to {ADDRESS}.
- The billing address is {ADDRESS}.
- I moved to {ADDRESS}.
- {ADDRESS} is my home address.
- We're at {ADDRESS}, the house with the blue door.
- Send it to {ADDRESS}.
- My new address is {ADDRESS}.
- The outage is at {ADDRESS}.
- I'm staying with my mother at {ADDRESS}.
- The property is {ADDRESS}.
- You can mail the check to {ADDRESS}.
- Pick me up from {ADDRESS}.
- The old address was {ADDRESS}.
- It still shows {ADDRESS}, and I moved in {month}.
- Deliver it to {ADDRESS} and leave it by the door.
- My mother lives at {ADDRESS}, can you send someone?
""",
}
