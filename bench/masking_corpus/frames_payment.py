"""What callers and agents say around payment numbers. `?` asks, `-` says it in one turn."""

FRAMES = {
    "CARD": """
? Could you read me the card number, please?
? What's the long number on the front of the card?
? And the sixteen digits?
? Okay, go ahead with the number whenever you're ready.
? Which card would you like to use today?
? I'll need the full card number to process that.
? Please say or enter your card number.
? Can I take the debit card details from you?
? Can you give me the number on your Visa or Mastercard?
? Go ahead and read the numbers off the front, left to right.
? To verify you I need the whole credit card number.
? What card did you pay with originally?
? Sure, what's the card number?
- My card number is {CARD}.
- So the card is {CARD}, and I'd like to pay the whole balance.
- It's a {brand}, {CARD}.
- I want to put it on my {brand}, the number is {CARD}.
- {CARD}, that's my card number.
- You can charge {CARD}.
- Can you use {CARD} instead? The other one expired.
- Okay so the front says {CARD} and it expires in {expiry}.
- I lost my credit card, it was {CARD}, please block it.
- {CARD}. Expiry {expiry}.
- My other debit card was declined so try {CARD} please.
- I paid with {CARD} and I was charged twice.
- Here you go, {CARD}, does that work?
- My wife's card, hold on, {CARD}.
- Yeah put it on the {brand}, {CARD}.
- The new card that came in the mail, its number is {CARD}.
- All right, reading it now, {CARD}, did you get all that?
- Take the deposit from {CARD} if you can.
- {CARD}
- I think I typed it wrong online, it should be {CARD}.
- The one on file is old, please update it to {CARD}.
""",
    "CVV": """
? And the three digits on the back?
? What's the security code?
? Can you give me the CVV?
? And the code on the back of the card?
? There's a three or four digit code near the signature strip, what is it?
? I also need the CVC, please.
? And the card verification number?
? What's the four digit code on the front of your Amex?
? Last thing, the security number on the reverse.
? And the CVV2 code for that card?
? The little number on the back, please.
? Can I have the card security code to finish?
- The security code is {CVV}.
- CVV {CVV}.
- And the three digits on the back are {CVV}.
- The code on the back says {CVV}.
- {CVV} is the security code.
- The CVC is, um, {CVV}.
- Back of the card, it's {CVV}.
- I see three numbers on the back, {CVV}.
- My CVV number is {CVV}, if you need it.
- And then {CVV} for the CVV.
- It expires {expiry} and the CVV is {CVV}.
- Verification code on the card is {CVV}.
- The number by the signature is {CVV}.
- Security code, {CVV}. Okay?
- For the security code I have {CVV}.
""",
    "PIN": """
? Please enter or say your PIN.
? What's your four digit PIN?
? And your telephone banking PIN?
? Can you confirm the PIN on the account?
? What PIN would you like to set?
? I need your personal identification number.
? And the passcode, the four digits?
? What's the PIN for the card?
? Please tell me your current PIN.
? Say your security PIN now.
? What is the pin number you chose?
? Could you give me your account PIN to continue?
- My PIN is {PIN}.
- The PIN is {PIN} but the machine keeps refusing it.
- I set my pin to {PIN}.
- Can you change my PIN to {PIN}?
- {PIN} is my PIN.
- I've been typing {PIN} as my pin number.
- The pin code should be {PIN}.
- My old PIN was {PIN}.
- For the PIN try {PIN}.
- I use {PIN} as the PIN for the debit card.
- PIN number {PIN}.
- You asked for the PIN, that's {PIN}.
- The voicemail PIN is {PIN}, I think.
- My four digit PIN, it's {PIN}.
- Okay the pin I've got written down is {PIN}.
""",
    "IBAN": """
? What's the IBAN?
? Could you read out the IBAN of the account we should pay into?
? And your international bank account number?
? I need the IBAN for the refund.
? Which IBAN should the transfer go to?
? Can you spell the IBAN for me?
? Please give me the beneficiary's IBAN.
? What bank details do you have, is there an IBAN?
? It starts with two letters, can you read all of it?
? And the IBAN for the direct debit?
? Go ahead with the IBAN, slowly please.
- My IBAN is {IBAN}.
- The IBAN, let me look, {IBAN}.
- Please send it to {IBAN}.
- The account is abroad, IBAN {IBAN}.
- {IBAN}, that's the IBAN.
- Transfer it to my sister's account, {IBAN}.
- I changed banks, the new IBAN is {IBAN}.
- On the statement it says IBAN {IBAN}.
- The refund should go to {IBAN} and not the old account.
- Can you check that {IBAN} is the one you have?
- International account number {IBAN}.
- Okay it begins here, {IBAN}.
- For the direct debit use {IBAN}.
- I gave you {IBAN} last time.
- The salary goes into {IBAN}.
""",
    "SSN": """
? What's your social security number?
? Can you verify your social for me?
? I'll need the full SSN.
? And your nine digit social?
? For identification, what is your Social Security number?
? Could you give me the social on the account?
? What's the tax ID or social you filed under?
? Please say your social security number, all nine digits.
? And the social security number of the patient?
? May I have your social, please?
? To pull up your benefits I need your SSN.
? Your Social Security number for the credit check?
- My social security number is {SSN}.
- My social is {SSN}.
- SSN {SSN}.
- The social is, uh, {SSN}.
- {SSN}, that's my social.
- It should be under social security number {SSN}.
- I can give you my social if that helps, {SSN}.
- My Social Security card says {SSN}.
- You have the wrong social, it's {SSN}.
- My son's social security number is {SSN}.
- I filed with {SSN} as my social.
- Social Security, {SSN}.
- Could you look me up by social, {SSN}?
- Yes my full social is {SSN} and I was never asked for it before.
- For the application, my SSN is {SSN}.
""",
}
