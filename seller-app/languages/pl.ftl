# Polski

## How this language writes numbers, money and time
language-name = Polski
locale-decimal = ,
locale-group = {"\u00A0"}
locale-grouping = 3
locale-money = { $amount }{"\u00A0"}{ $symbol }
locale-percent = { $share }%
locale-months = sty lut mar kwi maj cze lip sie wrz paź lis gru
locale-moment = { $day } { $month }, { $time }
currency-INR = ₹
currency-EUR = €
currency-PLN = zł
currency-USD = USD
lasts-seconds = { $count } s
lasts-minutes = { $count } min
lasts-hours = { $count } godz.
lasts-days =
    { $count ->
        [one] { $count } dzień
       *[other] { $count } dni
    }

## Frame
skip = Przejdź do treści
menu = Menu
menu-today = Dziś
menu-returns = Zwroty
menu-stock = Magazyn
menu-numbers = Moje wyniki
menu-statement = Rozliczenie
language = Język
leave = Wyloguj
no-script-live = Ta strona odświeża się sama, dopóki jest otwarta.
news = Coś się zmieniło.
news-show = Pokaż
problem = To się nie udało
closed-title = Otwórz otrzymany link
closed-text = Ta strona należy do sklepu. Poproś markę o swój link; otwiera się go raz na każdym urządzeniu.
closed-sign-in = Zaloguj się na swoje konto

## Today
today-title = Dziś
today-waiting =
    { $count ->
        [0] Nic na Ciebie nie czeka.
        [one] Czeka { $count } zamówienie.
        [few] Czekają { $count } zamówienia.
        [many] Czeka { $count } zamówień.
       *[other] Czeka { $count } zamówienia.
    }
today-late =
    { $count ->
        [one] { $count } zamówienie jest spóźnione.
        [few] { $count } zamówienia są spóźnione.
        [many] { $count } zamówień jest spóźnionych.
       *[other] { $count } zamówienia jest spóźnione.
    }
today-empty = Gdy przyjdzie zamówienie, pojawi się tu samo.
returns-title = Zwroty
returns-empty = Żaden towar do Ciebie nie wraca.
waits-accept = Nowe: przyjmij albo odrzuć
waits-pack = Skompletuj i spakuj
waits-hand-over = Przekaż kurierowi
waits-deliver = W drodze do kupującego
waits-decide-return = Kupujący chce zwrócić towar
waits-collect-return = Zwrot do odebrania
waits-receive-return = Zwrot jedzie do Ciebie
waits-grade-return = Zwrot do oceny
waits-receive-rto = Niedoręczone, wraca do Ciebie
time-left = zostało { $time }
time-late = spóźnienie { $time }
open-order = Otwórz
pieces =
    { $count ->
        [one] { $count } sztuka
        [few] { $count } sztuki
        [many] { $count } sztuk
       *[other] { $count } sztuki
    }

## One order
order-title = Zamówienie { $id }
order-back = Wróć do dzisiejszych
order-next = Co teraz zrobić
order-trouble = Coś jest nie tak
order-items = W tym zamówieniu
order-papers = Dokumenty
order-promised = Obiecane do
order-total = Razem
order-done = Nie ma tu już nic do zrobienia.
cash-at-door = Przy drzwiach pobierz { $amount } gotówką.
paper-slip = List pakunkowy
paper-label = Etykieta
paper-invoice = Faktura
pick-title = Lista do skompletowania
pick-barcode = Kod kreskowy
pick-camera = Użyj aparatu
pick-lots = Partia { $lots }
pick-of = { $picked } z { $count }
pick-missing = Brakuje kilku sztuk
pick-item = Towar
pick-count = Ile sztuk brakuje
field-cause = Dlaczego
field-reason = Powód
field-agent-name = Imię kuriera
field-agent-phone = Telefon kuriera
field-code = Kod jednorazowy
field-note = Notatka
field-photo = Zdjęcie (nazwa lub link)
state-created = Nowe
state-accepted = Przyjęte
state-in-progress = W realizacji
state-completed = Zakończone
state-cancelled = Anulowane
cause-out-of-stock = Brak towaru
cause-damaged = Uszkodzone lub zepsute
cause-closed = Mamy zamknięte
cause-too-busy = Za dużo pracy w tej chwili
cause-technical = Usterka techniczna
cause-cannot-serve = Nie dowozimy w to miejsce
do-accept = Przyjmij
do-reject = Odrzuć
do-scan = Sprawdź
do-pack = Spakowane
do-assign = Podaj kuriera
do-out-for-pickup = Kurier jedzie do nas
do-at-pickup = Kurier jest na miejscu
do-pickup-failed = Kurier nie odebrał
do-pick-up = Przekazane kurierowi
do-in-transit = W drodze do sortowni
do-at-hub = W sortowni
do-out-for-delivery = Wyjechało do kupującego
do-at-delivery = Pod drzwiami
do-delivery-failed = Nikt nie odebrał
do-deliver = Doręczone
do-revise = Podaj kupującemu późniejszą godzinę
do-lost = Zaginęło
do-damaged = Uszkodzone
do-found = Towar się odnalazł
do-cancel = Anuluj zamówienie
do-cancel-items = Anuluj część sztuk
do-rto = Nie da się doręczyć
do-rto-delivered = Towar wrócił
do-rto-disposed = Towar zutylizowano
do-return-approve = Uznaj zwrot
do-return-reject = Odrzuć zwrot
do-return-liquidate = Oddaj pieniądze, towar zostaje u kupującego
do-return-pick = Zwrot odebrany
do-return-deliver = Zwrot przyjęty

## Stock
stock-title = Policz półkę
stock-search = Znajdź towar
stock-empty = Nie masz jeszcze towarów na liście.
stock-on-hand = Na półce
stock-to-sell = do sprzedania: { $count }
stock-sold = sprzedane, nieprzekazane: { $count }
stock-age = policzono { $time } temu
stock-old = Stary spis
stock-more = O jeden więcej
stock-less = O jeden mniej
stock-save = Zapisz

## My numbers
numbers-title = Moje wyniki
numbers-window =
    { $count ->
        [one] Za ostatni dzień
       *[other] Za ostatnie { $count } dni
    }
numbers-orders =
    { $count ->
        [one] { $count } zamówienie
        [few] { $count } zamówienia
        [many] { $count } zamówień
       *[other] { $count } zamówienia
    }
numbers-cases = { $hits } z { $of }
numbers-at-least = cel: co najmniej { $share }
numbers-at-most = cel: najwyżej { $share }
numbers-missed = Poniżej celu
numbers-reached = Cel osiągnięty
numbers-none = Jeszcze bez danych
numbers-weeks = Tygodniami, od najstarszego: { $shares }
measure-fill = Doręczone sztuki z zamówionych
measure-accept = Czas przyjęcia (połowa szybciej)
measure-packed_on_time = Spakowane na czas
measure-delivered_on_time = Doręczone na czas
measure-perfect = Zamówienia bez zarzutu
measure-cancelled = Anulowane przez nas
measure-returned = Zwrócone przez kupujących
measure-claims = Roszczenia wobec nas

## Statement
statement-title = Moje rozliczenie
statement-total = Do wypłaty dla Ciebie
statement-owed = Do zapłaty marce
statement-empty = W tym miesiącu nie zakończono żadnego zamówienia.
statement-before = Poprzedni miesiąc
statement-after = Następny miesiąc
statement-csv = Pobierz jako tabelę
entry-goods = Sprzedany towar
entry-packing = Pakowanie
entry-delivery = Dostawa opłacona przez kupującego
entry-fee = Opłata za zamówienie
entry-delivery-cost = Dodatek za dostawę
entry-commission = Prowizja marki
entry-cash = Gotówka pobrana przez Ciebie
entry-refund = Zwroty pieniędzy
entry-return-cost = Koszt zwrotów
entry-return-share = Zwroty, które ponoszą inni
entry-claim = Roszczenia
