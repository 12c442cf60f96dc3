"""How postal addresses are said in English."""

from __future__ import annotations

from masking.languages.table import Places, phrases, words

PLACES = Places(
    kinds=words(
        "street avenue ave road rd boulevard blvd lane ln terrace parkway pkwy highway hwy"
        " crescent turnpike expressway esplanade drive circle cir trl alley cres str byway"
        " causeway promenade quay mews broadway"
    ),
    weak_kinds=words(
        "way place court ct square trail close row walk loop path plaza pike st dr pl gardens"
        " grove hill park green ridge run view bend point pass crossing landing heights villas"
        " wharf rise vale mount common manor bridge ter sq"
    ),
    parts=words("apartment apt unit suite floor flat room ste number building bldg lot"),
    openers=phrases("p o box, po box, post office box, rural route, r r, flat, apartment, unit"),
    regions=phrases(
        "alabama, alaska, arizona, arkansas, california, colorado, connecticut, delaware, florida,"
        "georgia, hawaii, idaho, illinois, indiana, iowa, kansas, kentucky, louisiana, maine,"
        "maryland, massachusetts, michigan, minnesota, mississippi, missouri, montana, nebraska,"
        "nevada, new hampshire, new jersey, new mexico, new york, north carolina, north dakota,"
        "ohio, oklahoma, oregon, pennsylvania, rhode island, south carolina, south dakota,"
        "tennessee, texas, utah, vermont, virginia, washington, west virginia, wisconsin, wyoming,"
        "district of columbia, d c, puerto rico, ontario, quebec, british columbia, alberta,"
        "manitoba, saskatchewan, nova scotia, new brunswick, london, manchester, birmingham, leeds,"
        "glasgow, edinburgh, bristol, liverpool, new york city, chicago, houston, phoenix, boston,"
        "denver, seattle, atlanta, miami, dallas, austin, detroit, portland, philadelphia,"
        "los angeles, san diego, san francisco, san antonio, san jose, las vegas, columbus,"
        "charlotte, indianapolis, nashville, memphis, baltimore, milwaukee, albuquerque, tucson,"
        "sacramento, kansas city, cleveland, tampa, orlando, minneapolis, pittsburgh, cincinnati,"
        "saint louis, st louis, raleigh, omaha, oakland, new orleans, cardiff, belfast, sheffield,"
        "oxford, cambridge, new south wales, n s w, victoria, queensland, tasmania,"
        "south australia,"
        "western australia, northern territory, sydney, melbourne, brisbane, perth, adelaide,"
        "dublin, cork, galway, limerick, waterford, county cork, county galway, county kerry,"
        "county mayo, county clare, county dublin, mumbai, delhi, new delhi, bangalore, bengaluru,"
        "chennai, kolkata, hyderabad, pune, noida, toronto, vancouver, montreal, ottawa, calgary,"
        "springfield, brooklyn"
    ),
    abbreviations=words(
        "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj"
        " nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc"
    ),
    asked={
        **dict.fromkeys(("city", "town", "state", "province", "county"), True),
        **dict.fromkeys(
            ("zip", "postcode", "apartment", "unit", "suite", "house", "street", "zipcode", "flat"),
            False,
        ),
    },
    post_codes=phrases(
        "zip, zip code, zipcode, postcode, post code, postal code, the zip is, the zip code is,"
        "and the zip is, zip is, zip code is, postcode is, that's zip, and zip"
    ),
    numbered=words("highway hwy route interstate"),
    whole=words("broadway"),
    inside_numbers=words("and um uh dash slash stroke"),
    inside_names=words("the of our high um uh first second last"),
    directions=words("north south east west nw ne sw se northwest northeast"),
    number_words=words("number no"),
    within=words("in"),
    asking=words("the what which and your or house what's"),
    breaks=words("and but is that's my please"),
    ambiguous=words("id hi me or in ok oh al la ma pa de co mo md va"),
)
