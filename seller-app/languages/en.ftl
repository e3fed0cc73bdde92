# English. Keys are the same in every file of this folder; `cargo test -p seller-app --test languages` compares them.

## How this language writes numbers, money and time
language-name = English
locale-decimal = .
locale-group = ,
locale-grouping = 3-2
locale-money = { $symbol }{ $amount }
locale-percent = { $share }%
locale-months = Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
locale-moment = { $day } { $month }, { $time }
currency-INR = ₹
currency-EUR = €
currency-PLN = zł
currency-USD = $
lasts-seconds = { $count } s
lasts-minutes = { $count } min
lasts-hours = { $count } h
lasts-days =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }

## Frame
skip = Skip to content
menu = Menu
menu-today = Today
menu-returns = Returns
menu-stock = Stock
menu-numbers = My numbers
menu-statement = Money
language = Language
leave = Sign out
no-script-live = This page renews itself while it is open.
news = Something changed.
news-show = Show it
problem = This did not work
closed-title = Open the link you were given
closed-text = This page belongs to a store. Ask the brand for your link; it opens once per device.
closed-sign-in = Sign in with your account

## Today
today-title = Today
today-waiting =
    { $count ->
        [0] Nothing waits for you.
        [one] { $count } order waits for you.
       *[other] { $count } orders wait for you.
    }
today-late =
    { $count ->
        [one] { $count } order is late.
       *[other] { $count } orders are late.
    }
today-empty = When an order comes, it appears here by itself.
returns-title = Returns
returns-empty = No goods are on their way back to you.
waits-accept = New: accept or reject
waits-pack = Pick and pack
waits-hand-over = Hand over to the rider
waits-deliver = On the way to the buyer
waits-decide-return = A buyer wants to return goods
waits-collect-return = Return to collect
waits-receive-return = Return on its way to you
waits-grade-return = Return to grade
waits-receive-rto = Undelivered, coming back
time-left = { $time } left
time-late = late by { $time }
open-order = Open
pieces =
    { $count ->
        [one] { $count } piece
       *[other] { $count } pieces
    }

## One order
order-title = Order { $id }
order-back = Back to today
order-next = What to do now
order-trouble = Something is wrong
order-items = In this order
order-papers = Papers
order-promised = Promised until
order-total = Total
order-done = Nothing more to do here.
cash-at-door = Collect { $amount } in cash at the door.
paper-slip = Packing slip
paper-label = Label
paper-invoice = Invoice
pick-title = Pick list
pick-barcode = Barcode
pick-camera = Use the camera
pick-lots = Lot { $lots }
pick-of = { $picked } of { $count }
pick-missing = Some pieces are missing
pick-item = Item
pick-count = Pieces missing
field-cause = Why
field-reason = Reason
field-agent-name = Rider’s name
field-agent-phone = Rider’s phone
field-code = One-time code
field-note = Note
field-photo = Photo (name or link)
state-created = New
state-accepted = Accepted
state-in-progress = In progress
state-completed = Completed
state-cancelled = Cancelled
cause-out-of-stock = Not in stock
cause-damaged = Damaged or spoilt
cause-closed = We are closed
cause-too-busy = Too much work right now
cause-technical = A technical fault
cause-cannot-serve = We cannot serve this place
do-accept = Accept
do-reject = Reject
do-scan = Check
do-pack = Packed
do-assign = Name the rider
do-out-for-pickup = Rider is on the way to us
do-at-pickup = Rider is here
do-pickup-failed = Rider did not collect
do-pick-up = Handed over
do-in-transit = On the way to the hub
do-at-hub = At the hub
do-out-for-delivery = Out for delivery
do-at-delivery = At the door
do-delivery-failed = Nobody took it
do-deliver = Delivered
do-revise = Tell the buyer a later time
do-lost = Lost
do-damaged = Damaged
do-found = The goods are there after all
do-cancel = Cancel the order
do-cancel-items = Cancel some pieces
do-rto = Cannot be delivered
do-rto-delivered = The goods are back
do-rto-disposed = The goods were thrown away
do-return-approve = Approve the return
do-return-reject = Refuse the return
do-return-liquidate = Refund, the buyer keeps it
do-return-pick = Return collected
do-return-deliver = Return received

## Stock
stock-title = Count the shelf
stock-search = Find an item
stock-empty = Nothing of yours is listed yet.
stock-on-hand = On the shelf
stock-to-sell = { $count } to sell
stock-sold = { $count } sold, not handed over
stock-age = counted { $time } ago
stock-old = Old count
stock-more = One more
stock-less = One less
stock-save = Save

## My numbers
numbers-title = My numbers
numbers-window =
    { $count ->
        [one] Over the last day
       *[other] Over the last { $count } days
    }
numbers-orders =
    { $count ->
        [one] { $count } order
       *[other] { $count } orders
    }
numbers-cases = { $hits } of { $of }
numbers-at-least = goal: at least { $share }
numbers-at-most = goal: at most { $share }
numbers-missed = Below the goal
numbers-reached = Goal reached
numbers-none = No cases yet
numbers-weeks = By week, oldest first: { $shares }
measure-fill = Pieces delivered of those ordered
measure-accept = Time to accept (half are faster)
measure-packed_on_time = Packed on time
measure-delivered_on_time = Delivered on time
measure-perfect = Perfect orders
measure-cancelled = Cancelled by us
measure-returned = Returned by buyers
measure-claims = Claims against us

## Statement
statement-title = My money
statement-total = Due to you
statement-owed = You owe the brand
statement-empty = No completed order in this month.
statement-before = Month before
statement-after = Month after
statement-csv = Download as a table
entry-goods = Goods sold
entry-packing = Packing
entry-delivery = Delivery paid by the buyer
entry-fee = Fee per order
entry-delivery-cost = Delivery allowance
entry-commission = Brand’s commission
entry-cash = Cash you collected
entry-refund = Refunds
entry-return-cost = Cost of returns
entry-return-share = Refunds that others bear
entry-claim = Claims
