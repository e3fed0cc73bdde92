# Español

## How this language writes numbers, money and time
language-name = Español
locale-decimal = ,
locale-group = .
locale-grouping = 3
locale-money = { $amount }{"\u00A0"}{ $symbol }
locale-percent = { $share }{"\u00A0"}%
locale-months = ene feb mar abr may jun jul ago sept oct nov dic
locale-moment = { $day } { $month }, { $time }
currency-INR = ₹
currency-EUR = €
currency-PLN = zł
currency-USD = US$
lasts-seconds = { $count } s
lasts-minutes = { $count } min
lasts-hours = { $count } h
lasts-days =
    { $count ->
        [one] { $count } día
       *[other] { $count } días
    }

## Frame
skip = Saltar al contenido
menu = Menú
menu-today = Hoy
menu-returns = Devoluciones
menu-stock = Existencias
menu-numbers = Mis cifras
menu-statement = Cuentas
language = Idioma
leave = Salir
no-script-live = Esta página se actualiza sola mientras está abierta.
news = Algo ha cambiado.
news-show = Mostrar
problem = No se ha podido hacer
closed-title = Abra el enlace que recibió
closed-text = Esta página pertenece a una tienda. Pida su enlace a la marca; se abre una vez en cada dispositivo.
closed-sign-in = Entrar con su cuenta

## Today
today-title = Hoy
today-waiting =
    { $count ->
        [0] No hay nada pendiente.
        [one] { $count } pedido le espera.
       *[other] { $count } pedidos le esperan.
    }
today-late =
    { $count ->
        [one] { $count } pedido va con retraso.
       *[other] { $count } pedidos van con retraso.
    }
today-empty = Cuando llegue un pedido, aparecerá aquí solo.
returns-title = Devoluciones
returns-empty = No hay mercancía de vuelta hacia su tienda.
waits-accept = Nuevo: aceptar o rechazar
waits-pack = Recoger y embalar
waits-hand-over = Entregar al repartidor
waits-deliver = De camino al comprador
waits-decide-return = Un comprador quiere devolver algo
waits-collect-return = Devolución por recoger
waits-receive-return = Devolución de camino a su tienda
waits-grade-return = Devolución por clasificar
waits-receive-rto = No entregado, vuelve a su tienda
time-left = quedan { $time }
time-late = { $time } de retraso
open-order = Abrir
pieces =
    { $count ->
        [one] { $count } unidad
       *[other] { $count } unidades
    }

## One order
order-title = Pedido { $id }
order-back = Volver a hoy
order-next = Qué hacer ahora
order-trouble = Hay un problema
order-items = En este pedido
order-papers = Documentos
order-promised = Prometido hasta
order-total = Total
order-done = Aquí no queda nada por hacer.
cash-at-door = Cobre { $amount } en efectivo en la puerta.
paper-slip = Albarán
paper-label = Etiqueta
paper-invoice = Factura
pick-title = Lista de recogida
pick-barcode = Código de barras
pick-camera = Usar la cámara
pick-lots = Lote { $lots }
pick-of = { $picked } de { $count }
pick-missing = Faltan unidades
pick-item = Artículo
pick-count = Unidades que faltan
field-cause = Por qué
field-reason = Motivo
field-agent-name = Nombre del repartidor
field-agent-phone = Teléfono del repartidor
field-code = Código de un solo uso
field-note = Nota
field-photo = Foto (nombre o enlace)
state-created = Nuevo
state-accepted = Aceptado
state-in-progress = En curso
state-completed = Completado
state-cancelled = Cancelado
cause-out-of-stock = No quedan existencias
cause-damaged = Está dañado o estropeado
cause-closed = Estamos cerrados
cause-too-busy = Demasiado trabajo ahora
cause-technical = Un fallo técnico
cause-cannot-serve = No llegamos a ese lugar
do-accept = Aceptar
do-reject = Rechazar
do-scan = Comprobar
do-pack = Embalado
do-assign = Indicar el repartidor
do-out-for-pickup = El repartidor viene de camino
do-at-pickup = El repartidor está aquí
do-pickup-failed = El repartidor no lo recogió
do-pick-up = Entregado al repartidor
do-in-transit = De camino al centro de reparto
do-at-hub = En el centro de reparto
do-out-for-delivery = En reparto
do-at-delivery = En la puerta
do-delivery-failed = Nadie lo recibió
do-deliver = Entregado
do-revise = Avisar de una hora más tarde
do-lost = Perdido
do-damaged = Dañado
do-found = La mercancía ha aparecido
do-cancel = Cancelar el pedido
do-cancel-items = Cancelar algunas unidades
do-rto = No se puede entregar
do-rto-delivered = La mercancía ha vuelto
do-rto-disposed = La mercancía se ha desechado
do-return-approve = Aprobar la devolución
do-return-reject = Rechazar la devolución
do-return-liquidate = Reembolsar; el comprador se lo queda
do-return-pick = Devolución recogida
do-return-deliver = Devolución recibida

## Stock
stock-title = Contar el estante
stock-search = Buscar un artículo
stock-empty = Todavía no tiene artículos en la lista.
stock-on-hand = En el estante
stock-to-sell = { $count } a la venta
stock-sold = { $count } vendidos, sin entregar
stock-age = contado hace { $time }
stock-old = Recuento antiguo
stock-more = Uno más
stock-less = Uno menos
stock-save = Guardar

## My numbers
numbers-title = Mis cifras
numbers-window =
    { $count ->
        [one] En el último día
       *[other] En los últimos { $count } días
    }
numbers-orders =
    { $count ->
        [one] { $count } pedido
       *[other] { $count } pedidos
    }
numbers-cases = { $hits } de { $of }
numbers-at-least = objetivo: al menos { $share }
numbers-at-most = objetivo: como mucho { $share }
numbers-missed = No llega al objetivo
numbers-reached = Objetivo cumplido
numbers-none = Todavía sin casos
numbers-weeks = Por semanas, la más antigua primero: { $shares }
measure-fill = Unidades entregadas de las pedidas
measure-accept = Tiempo en aceptar (la mitad, más rápido)
measure-packed_on_time = Embalados a tiempo
measure-delivered_on_time = Entregados a tiempo
measure-perfect = Pedidos perfectos
measure-cancelled = Cancelados por nosotros
measure-returned = Devueltos por compradores
measure-claims = Reclamaciones contra nosotros

## Statement
statement-title = Mis cuentas
statement-total = A su favor
statement-owed = Debe a la marca
statement-empty = Ningún pedido completado este mes.
statement-before = Mes anterior
statement-after = Mes siguiente
statement-csv = Descargar como tabla
entry-goods = Mercancía vendida
entry-packing = Embalaje
entry-delivery = Envío pagado por el comprador
entry-fee = Tarifa por pedido
entry-delivery-cost = Compensación por envío
entry-commission = Comisión de la marca
entry-cash = Efectivo que usted cobró
entry-refund = Reembolsos
entry-return-cost = Coste de las devoluciones
entry-return-share = Reembolsos que asumen otros
entry-claim = Reclamaciones
