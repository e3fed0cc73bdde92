# हिन्दी

## How this language writes numbers, money and time
language-name = हिन्दी
locale-decimal = .
locale-group = ,
locale-grouping = 3-2
locale-money = { $symbol }{ $amount }
locale-percent = { $share }%
locale-months = जन॰ फ़र॰ मार्च अप्रैल मई जून जुल॰ अग॰ सित॰ अक्टू॰ नव॰ दिस॰
locale-moment = { $day } { $month }, { $time }
currency-INR = ₹
currency-EUR = €
currency-PLN = zł
currency-USD = $
lasts-seconds = { $count } से॰
lasts-minutes = { $count } मिनट
lasts-hours =
    { $count ->
        [one] { $count } घंटा
       *[other] { $count } घंटे
    }
lasts-days = { $count } दिन

## Frame
skip = सीधे मुख्य भाग पर जाएँ
menu = मेन्यू
menu-today = आज
menu-returns = वापसी
menu-stock = स्टॉक
menu-numbers = मेरे आँकड़े
menu-statement = हिसाब
language = भाषा
leave = बाहर निकलें
no-script-live = यह पन्ना खुला रहने पर अपने आप ताज़ा होता है।
news = कुछ बदला है।
news-show = दिखाएँ
problem = यह नहीं हो पाया
closed-title = आपको मिला लिंक खोलें
closed-text = यह पन्ना एक दुकान का है। ब्रांड से अपना लिंक माँगें; वह हर फ़ोन पर एक बार खोलना होता है।
closed-sign-in = अपने खाते से साइन इन करें

## Today
today-title = आज
today-waiting =
    { $count ->
        [0] अभी कोई काम बाकी नहीं है।
        [one] { $count } ऑर्डर आपका इंतज़ार कर रहा है।
       *[other] { $count } ऑर्डर आपका इंतज़ार कर रहे हैं।
    }
today-late =
    { $count ->
        [one] { $count } ऑर्डर में देर हो गई है।
       *[other] { $count } ऑर्डरों में देर हो गई है।
    }
today-empty = नया ऑर्डर आते ही यहाँ अपने आप दिखेगा।
returns-title = वापसी
returns-empty = अभी कोई सामान आपके पास वापस नहीं आ रहा है।
waits-accept = नया ऑर्डर: स्वीकारें या मना करें
waits-pack = सामान चुनें और पैक करें
waits-hand-over = राइडर को सौंपें
waits-deliver = ग्राहक के पास जा रहा है
waits-decide-return = ग्राहक सामान लौटाना चाहता है
waits-collect-return = वापसी का सामान उठाना है
waits-receive-return = वापसी का सामान आपके पास आ रहा है
waits-grade-return = वापसी का सामान जाँचना है
waits-receive-rto = डिलीवर नहीं हुआ, वापस आ रहा है
time-left = { $time } बाकी
time-late = { $time } की देर
open-order = खोलें
pieces = { $count } नग

## One order
order-title = ऑर्डर { $id }
order-back = आज के कामों पर लौटें
order-next = अब क्या करना है
order-trouble = कोई दिक्कत है
order-items = इस ऑर्डर में
order-papers = काग़ज़ात
order-promised = कब तक का वादा
order-total = कुल
order-done = यहाँ अब कुछ करना बाकी नहीं है।
cash-at-door = दरवाज़े पर { $amount } नकद लें।
paper-slip = पैकिंग पर्ची
paper-label = लेबल
paper-invoice = बिल
pick-title = चुनने की सूची
pick-barcode = बारकोड
pick-camera = कैमरे से स्कैन करें
pick-lots = लॉट { $lots }
pick-of = { $count } में से { $picked }
pick-missing = कुछ नग नहीं मिल रहे
pick-item = सामान
pick-count = कितने नग कम हैं
field-cause = कारण
field-reason = वजह
field-agent-name = राइडर का नाम
field-agent-phone = राइडर का फ़ोन
field-code = वन-टाइम कोड
field-note = टिप्पणी
field-photo = फ़ोटो (नाम या लिंक)
state-created = नया
state-accepted = स्वीकार किया
state-in-progress = काम चल रहा है
state-completed = पूरा हुआ
state-cancelled = रद्द हुआ
cause-out-of-stock = स्टॉक में नहीं है
cause-damaged = सामान ख़राब या टूटा हुआ है
cause-closed = दुकान बंद है
cause-too-busy = अभी काम बहुत है
cause-technical = तकनीकी ख़राबी
cause-cannot-serve = हम इस जगह नहीं पहुँचा सकते
do-accept = स्वीकारें
do-reject = मना करें
do-scan = जाँचें
do-pack = पैक हो गया
do-assign = राइडर का नाम दें
do-out-for-pickup = राइडर हमारी ओर आ रहा है
do-at-pickup = राइडर आ गया है
do-pickup-failed = राइडर ने सामान नहीं उठाया
do-pick-up = सौंप दिया
do-in-transit = हब की ओर जा रहा है
do-at-hub = हब पर है
do-out-for-delivery = डिलीवरी के लिए निकला
do-at-delivery = दरवाज़े पर है
do-delivery-failed = किसी ने नहीं लिया
do-deliver = डिलीवर हो गया
do-revise = ग्राहक को देर का समय बताएँ
do-lost = खो गया
do-damaged = टूट-फूट हो गई
do-found = सामान मिल गया
do-cancel = ऑर्डर रद्द करें
do-cancel-items = कुछ नग रद्द करें
do-rto = डिलीवर नहीं हो सकता
do-rto-delivered = सामान वापस आ गया
do-rto-disposed = सामान नष्ट कर दिया गया
do-return-approve = वापसी मंज़ूर करें
do-return-reject = वापसी से मना करें
do-return-liquidate = पैसे लौटाएँ, सामान ग्राहक रखे
do-return-pick = वापसी का सामान उठा लिया
do-return-deliver = वापसी का सामान मिल गया

## Stock
stock-title = शेल्फ़ की गिनती
stock-search = सामान खोजें
stock-empty = अभी आपका कोई सामान सूची में नहीं है।
stock-on-hand = शेल्फ़ पर
stock-to-sell = बेचने को { $count }
stock-sold = { $count } बिके, सौंपे नहीं गए
stock-age = { $time } पहले गिना
stock-old = पुरानी गिनती
stock-more = एक और
stock-less = एक कम
stock-save = सहेजें

## My numbers
numbers-title = मेरे आँकड़े
numbers-window =
    { $count ->
        [one] पिछले एक दिन में
       *[other] पिछले { $count } दिनों में
    }
numbers-orders = { $count } ऑर्डर
numbers-cases = { $of } में से { $hits }
numbers-at-least = लक्ष्य: कम से कम { $share }
numbers-at-most = लक्ष्य: ज़्यादा से ज़्यादा { $share }
numbers-missed = लक्ष्य से पीछे
numbers-reached = लक्ष्य पूरा
numbers-none = अभी कोई आँकड़ा नहीं
numbers-weeks = हफ़्तेवार, सबसे पुराना पहले: { $shares }
measure-fill = ऑर्डर किए नगों में से पहुँचाए गए
measure-accept = स्वीकारने में समय (आधे इससे जल्दी)
measure-packed_on_time = समय पर पैक
measure-delivered_on_time = समय पर डिलीवर
measure-perfect = बिना कमी वाले ऑर्डर
measure-cancelled = हमने रद्द किए
measure-returned = ग्राहकों ने लौटाए
measure-claims = हमारे ख़िलाफ़ दावे

## Statement
statement-title = मेरा हिसाब
statement-total = आपको मिलना है
statement-owed = आपको ब्रांड को देना है
statement-empty = इस महीने कोई ऑर्डर पूरा नहीं हुआ।
statement-before = पिछला महीना
statement-after = अगला महीना
statement-csv = तालिका डाउनलोड करें
entry-goods = बिका सामान
entry-packing = पैकिंग
entry-delivery = ग्राहक का दिया डिलीवरी शुल्क
entry-fee = हर ऑर्डर का शुल्क
entry-delivery-cost = डिलीवरी भत्ता
entry-commission = ब्रांड का कमीशन
entry-cash = आपने लिया नकद
entry-refund = लौटाए गए पैसे
entry-return-cost = वापसी का ख़र्च
entry-return-share = रिफ़ंड जो दूसरे उठाते हैं
entry-claim = दावे
