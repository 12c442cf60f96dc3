"""What is said around telephone numbers, e-mail addresses and network addresses."""

FRAMES = {
    "PHONE": """
? What's the best number to reach you?
? Can I get a callback number?
? And your phone number?
? What's your mobile number?
? In case we get disconnected, what number can I call you on?
? Which telephone number is on the account?
? Can you confirm the phone number we have on file?
? What number are you calling from?
? And a daytime contact number?
? What's a good cell number for the text message?
? Is there another number we can try?
? Could I have your home phone?
? Who should we call in an emergency, and on what number?
- My phone number is {PHONE}.
- You can reach me at {PHONE}.
- Call me back on {PHONE}.
- My cell is {PHONE}.
- The number is {PHONE}.
- {PHONE} is my cell.
- Text me at {PHONE} when it's ready.
- I'm calling from {PHONE}.
- Please change my number to {PHONE}.
- My husband's mobile is {PHONE}.
- The home phone is {PHONE}, but I'm at work until {time}.
- Somebody called me from {PHONE}, was that you?
- Reach my office on {PHONE} between nine and five.
- Here's my number, {PHONE}.
- You can also try {PHONE}, that's my daughter.
- If you lose me, it's {PHONE}.
- Best number is {PHONE} after {time}.
- My emergency contact can be reached at {PHONE}.
- {PHONE}
- WhatsApp me on {PHONE}.
- I have a new phone, {PHONE}, the old one is disconnected.
""",
    "EMAIL": """
? What's your email address?
? Where should I send the confirmation?
? Can I get an email for the receipt?
? And the e-mail on file?
? Could you spell your email for me?
? Which email did you register with?
? What's the best email to send the form to?
? I'll send the link over, what's the address?
? Do you have an email address?
? What email do you use to log in?
? To which inbox shall I send the invoice?
? And a contact email for the policy?
- My email is {EMAIL}.
- You can send it to {EMAIL}.
- Email me at {EMAIL}.
- It's {EMAIL}, all lower case.
- {EMAIL} is my email address.
- I log in with {EMAIL}.
- Please update my email to {EMAIL}.
- The old one was {EMAIL}.
- Send the quote to {EMAIL} and I'll look at it tonight.
- I never got the message, it should go to {EMAIL}.
- My work email is {EMAIL}.
- Could you forward that to {EMAIL}?
- I signed up with {EMAIL} I believe.
- My husband uses {EMAIL}.
- The e-mail address is {EMAIL}.
- {EMAIL}
- Just shoot it over to {EMAIL}.
- I wrote from {EMAIL} on {date}.
- Try {EMAIL} instead.
""",
    "IP": """
? What IP address does it show?
? Can you read me the IP of the router?
? Under network settings, what's the address?
? What is the IPv4 address on the sticker?
? Which IP are you connecting from?
? What does it say next to IP address?
? And the default gateway?
? Can you tell me the address of the server?
? What's the static IP on your account?
? Which address did the login come from?
? Could you type what's my IP and read it to me?
- My IP address is {IP}.
- The router is at {IP}.
- It says IP address {IP}.
- The IP is {IP}.
- There was a login from {IP} that wasn't me.
- I'm connecting from {IP}.
- {IP} is the address of the modem.
- The gateway is {IP}.
- I can ping {IP} but nothing else.
- The printer got the address {IP}.
- DNS is set to {IP}.
- My static IP should be {IP}.
- The camera is on {IP} and it won't load.
- I opened {IP} in the browser and it times out.
- Your server at {IP} refuses the connection.
""",
}
