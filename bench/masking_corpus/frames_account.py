"""What is said around accounts, medical records and passwords."""

FRAMES = {
    "ACCOUNT": """
? What's your account number?
? Can I get your member ID?
? And the policy number?
? What is the customer number on the letter?
? Could you read me the account number from your bill?
? I need the number of your checking account.
? Do you have your membership number handy?
? What's the subscriber ID on your insurance card?
? And your loan account number?
? Can you give me the account number you want it paid into?
? What is the number on your policy?
? May I have your bank account number for the direct debit?
? And your customer ID?
- My account number is {ACCOUNT}.
- The account is {ACCOUNT}.
- My member ID is {ACCOUNT}.
- It's policy number {ACCOUNT}.
- Policy {ACCOUNT}, it renews in {month}.
- My customer number is {ACCOUNT}.
- {ACCOUNT} is my account number.
- Membership number {ACCOUNT}.
- Account number {ACCOUNT}, I want to close it.
- My checking account number is {ACCOUNT}.
- On the bill it says account {ACCOUNT}.
- The subscriber ID is {ACCOUNT}.
- I have the insurance card here, member number {ACCOUNT}.
- Please move {amount} to account {ACCOUNT}.
- My savings account is {ACCOUNT}.
- The loan number is {ACCOUNT}.
- I don't have the letter, but my account ID is {ACCOUNT}.
- Acct number is {ACCOUNT}.
""",
    "MRN": """
? What's your medical record number?
? Do you have the MRN?
? Can you read the number on your patient wristband?
? And the patient number?
? What is the patient ID on the letter?
? I need the medical record number from the top of the form.
? What MRN is printed on the label?
? And your chart number?
? Could you give me the hospital number?
? Please tell me the record number for the patient.
? Is there an MRN on the discharge papers?
- My medical record number is {MRN}.
- The MRN is {MRN}.
- MRN {MRN}.
- The patient number is {MRN}.
- My chart number is {MRN}.
- {MRN} is the medical record number.
- It says MRN {MRN} on my wristband.
- Patient ID {MRN}.
- My hospital number is {MRN}.
- The record number on the form is {MRN}.
- I'm calling about lab results, MRN {MRN}.
- Her medical record number, I have it here, {MRN}.
- Medical record {MRN}, for my mother.
- The discharge sheet says medical record number {MRN}.
- You can find me under patient number {MRN}.
""",
    "PASSWORD": """
? What's the password on the account?
? And your memorable word?
? Can you give me your verbal password?
? What's the passphrase you set up?
? Please tell me the security word.
? What password are you typing in?
? Do you have a password with us?
? And the answer to your security question?
? What would you like the new password to be?
? Your telephone password, please?
? Can you confirm the secret word?
? What's the Wi-Fi password on the sticker?
- My password is {PASSWORD}.
- The password is {PASSWORD}.
- My memorable word is {PASSWORD}.
- I set the password to {PASSWORD}.
- {PASSWORD} is my password.
- Password {PASSWORD}.
- I've tried {PASSWORD} as the password and it's wrong.
- The old password was {PASSWORD}.
- Can you set it to {PASSWORD}? I mean the password.
- The wifi password is {PASSWORD}.
- My security word is {PASSWORD}.
- The passphrase should be {PASSWORD}.
- I log in with the password {PASSWORD}.
- My secret word is {PASSWORD}.
- The pass word I gave was {PASSWORD}.
""",
}
