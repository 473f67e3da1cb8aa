/**
 * What a careful person would put into a new step's fields, pair by pair: written by hand from the services' fields, before
 * the rules that are measured by it. One pair a line:
 *
 *   trigger{own fields} > step > action{own fields} | field=wanted field=wanted ?field=wanted
 *
 * `wanted` is a path of the trigger (`s2.id`: of step 2), `'text'` a constant, `a+b` both with a space between, `~a,b` any
 * text in which both stand, `a/b` the one or the other. `@2` is the second own field of the trigger or the action:
 * columns, custom fields, keys of a form. A field with `?` may be filled or left alone; one that isn't named stays empty.
 */
export const MAPPINGS = `
calltouch.call > calltouch.dealByCall | callId=callId revenue='0' status='PENDING' orderDate=callDate ?comment=comment ?manager=manager ?phone=callerNumber
calltouch.call > retailcrm.createCustomer | site='shop-1' phone=callerNumber externalId=callId ?city=city
calltouch.call > +retailcrm.createCustomer > retailcrm.createOrder{utm_source;utm_medium;utm_campaign;Google Client ID} | site='shop-1' customerId=s2.id phone=callerNumber externalId=callId status='new' orderType='eshop-individual' source=source/utmSource medium=medium/utmMedium campaign=utmCampaign keyword=utmTerm content=utmContent @1=utmSource @2=utmMedium @3=utmCampaign @4=googleClientId ?customerComment=comment ?deliveryCity=city
calltouch.call > amocrm.createContact | name=~callerNumber phone=callerNumber ?tags=tags
calltouch.call > +amocrm.createContact > amocrm.createLead{utm_source;utm_medium;Яндекс Client ID} | name=~callerNumber contactId=s2.id pipelineId='3001' @1=utmSource @2=utmMedium @3=yandexClientId ?tags=tags ?statusId='40001'
calltouch.call > bitrix24.createLead | TITLE=~callerNumber PHONE=callerNumber UTM_SOURCE=utmSource UTM_MEDIUM=utmMedium UTM_CAMPAIGN=utmCampaign UTM_CONTENT=utmContent UTM_TERM=utmTerm ORIGIN_ID=callId ?COMMENTS=comment ?SOURCE_DESCRIPTION=source
calltouch.call > google-sheets.appendRow{Дата;Телефон;Источник;Менеджер;Длительность} | sheet='Лист1' mode='auto' @1=callDate @2=callerNumber @3=source @4=manager @5=duration
calltouch.call > telegram.sendMessage | text=~callerNumber format='plain'
calltouch.call > moysklad.createCounterparty | name=~callerNumber phone=callerNumber externalCode=callId companyType='individual' ?description=comment
calltouch.request > calltouch.dealByRequest | requestId=requestId revenue='0' status='PENDING' orderDate=requestDate ?comment=comment ?phone=phone ?email=email ?fullName=fullName ?manager=manager
calltouch.request > retailcrm.createCustomer | site='shop-1' externalId=requestId firstName=fullName phone=phone email=email ?city=city
calltouch.request > +calltouch.dealByRequest > +retailcrm.createCustomer > retailcrm.createOrder | site='shop-1' externalId=s2.orderNumber/requestId customerId=s3.id status='new' orderType='eshop-individual' firstName=fullName phone=phone email=email customerComment=comment source=source/utmSource medium=medium/utmMedium campaign=utmCampaign keyword=utmTerm content=utmContent ?deliveryCity=city
calltouch.request > amocrm.createContact | name=fullName phone=phone email=email ?tags=tags
calltouch.request > +amocrm.createContact > amocrm.createLead | name=subject/~fullName contactId=s2.id pipelineId='3001' ?tags=tags ?statusId='40001'
calltouch.request > bitrix24.createLead | TITLE=subject/~fullName NAME=fullName PHONE=phone EMAIL=email COMMENTS=comment UTM_SOURCE=utmSource UTM_MEDIUM=utmMedium UTM_CAMPAIGN=utmCampaign UTM_CONTENT=utmContent UTM_TERM=utmTerm ORIGIN_ID=requestId
calltouch.request > email.sendEmail | to=email subject=subject text=~comment/~fullName format='plain'
calltouch.request > telegram.sendMessage | text=~phone,fullName format='plain'
calltouch.deal > google-sheets.appendRow{Номер сделки;Дата;Сумма;Статус;ФИО;Email} | sheet='Лист1' mode='auto' @1=orderNumber @2=createdAt/orderDate @3=amount @4=status @5=fullName @6=email
calltouch.dealChanged > retailcrm.updateOrder | externalId=orderNumber ?customerComment=comment ?phone=phone ?email=email ?firstName=fullName ?site='shop-1'
amocrm.newContact > bitrix24.createContact | NAME=firstName LAST_NAME=lastName PHONE=phone EMAIL=email ORIGIN_ID=id
amocrm.newContact > mertago.createContact | firstName=firstName lastName=lastName phone=phone email=email
amocrm.newContact > google-sheets.appendRow{Name;Phone;Email;Tags;Created} | sheet='Лист1' mode='auto' @1=name @2=phone @3=email @4=tags @5=createdAt
amocrm.newContact > moysklad.createCounterparty | name=name phone=phone email=email externalCode=id companyType='individual' ?tags=tags
amocrm.newContact > remonline.createClient | firstName=firstName lastName=lastName phone=phone email=email
amocrm.newLead > bitrix24.createDeal | TITLE=name OPPORTUNITY=price ORIGIN_ID=id
amocrm.newLead > telegram.sendMessage | text=~name,price format='plain'
amocrm.leadMoved > amocrm.addNote | entityType='leads' entityId=id text=~statusName/~name
amocrm.leadMoved > amocrm.addTask | entityType='leads' entityId=id text=~name/~statusName
amocrm.leadMoved > google-sheets.appendRow{Сделка;Бюджет;Этап;Ответственный;Ссылка} | sheet='Лист1' mode='auto' @1=name @2=price @3=statusName @4=responsibleName @5=url
amocrm.leadMoved > bitrix24.createDeal | TITLE=name OPPORTUNITY=price ORIGIN_ID=id
amocrm.newLead > amocrm.moveLead | id=id pipelineId=pipelineId
amocrm.newCompany > bitrix24.createCompany | TITLE=name PHONE=phone EMAIL=email ORIGIN_ID=id
amocrm.newTask > telegram.sendMessage | text=~text format='plain'
bitrix24.contact > mertago.createContact | firstName=NAME lastName=LAST_NAME middleName=SECOND_NAME phone=PHONE email=EMAIL position=POST comment=COMMENTS
bitrix24.contact > amocrm.createContact | name=FULL_NAME phone=PHONE email=EMAIL ?firstName=NAME ?lastName=LAST_NAME
bitrix24.contact > retailcrm.createCustomer | site='shop-1' externalId=ID firstName=NAME lastName=LAST_NAME patronymic=SECOND_NAME phone=PHONE email=EMAIL ?birthday=BIRTHDATE
bitrix24.lead > amocrm.createLead{Телефон;UTM_SOURCE} | name=TITLE price=OPPORTUNITY pipelineId='3001' @1=PHONE @2=UTM_SOURCE ?statusId='40001'
bitrix24.lead > telegram.sendMessage | text=~TITLE,PHONE/~FULL_NAME,PHONE format='plain'
bitrix24.deal > moysklad.createOrder | organization='org-1' externalCode=ID state='new' description=COMMENTS
bitrix24.deal > google-sheets.appendRow{Название;Сумма;Валюта;Стадия;Дата создания} | sheet='Лист1' mode='auto' @1=TITLE @2=OPPORTUNITY @3=CURRENCY_ID @4=STAGE_NAME @5=DATE_CREATE
bitrix24.lead > bitrix24.createContact | NAME=NAME LAST_NAME=LAST_NAME SECOND_NAME=SECOND_NAME PHONE=PHONE EMAIL=EMAIL POST=POST ASSIGNED_BY_ID=ASSIGNED_BY_ID SOURCE_ID=SOURCE_ID COMMENTS=COMMENTS ?SOURCE_DESCRIPTION=SOURCE_DESCRIPTION ?WEB=WEB ?HONORIFIC=HONORIFIC ?BIRTHDATE=BIRTHDATE ?COMPANY_ID=COMPANY_ID ?UTM_SOURCE=UTM_SOURCE ?UTM_MEDIUM=UTM_MEDIUM ?UTM_CAMPAIGN=UTM_CAMPAIGN ?UTM_CONTENT=UTM_CONTENT ?UTM_TERM=UTM_TERM ?ORIGIN_ID=ID/ORIGIN_ID ?OPENED=OPENED
retailcrm.newOrder > google-sheets.appendRow{Номер;Клиент;Телефон;Сумма;Состав;Дата} | sheet='Лист1' mode='auto' @1=number @2=firstName+lastName/firstName @3=phone @4=totalSumm @5=itemsText @6=createdAt
retailcrm.newOrder > telegram.sendMessage | text=~number,totalSumm/~totalSumm,phone format='plain'
retailcrm.newOrder > email.sendEmail | to=email subject=~number text=~number/~totalSumm format='plain'
retailcrm.newOrder > moysklad.createCounterparty | name=firstName+lastName phone=phone email=email externalCode=customerId companyType='individual' actualAddress=deliveryAddress ?legalFirstName=firstName ?legalLastName=lastName ?legalMiddleName=patronymic ?description=customerComment
retailcrm.newOrder > +moysklad.createCounterparty > moysklad.createOrder | organization='org-1' agent=s2.id externalCode=id/externalId/number state='new' description=customerComment shipmentAddress=deliveryAddress deliveryPlannedMoment=deliveryDate ?name=number
retailcrm.newOrder > amocrm.createContact | name=firstName+lastName phone=phone email=email
retailcrm.newOrder > +amocrm.createContact > amocrm.createLead | name=~number price=totalSumm contactId=s2.id pipelineId='3001' ?statusId='40001'
retailcrm.orderStatus > calltouch.updateDeal | orderNumber=externalId revenue=totalSumm status=status statusDate=statusUpdatedAt ?comment=customerComment ?phone=phone ?email=email
retailcrm.orderStatus > email.sendEmail | to=email subject=~number text=~status/~number format='plain'
retailcrm.newCustomer > amocrm.createContact | name=firstName+lastName phone=phone email=email ?tags=tags
retailcrm.newCustomer > moysklad.createCounterparty | name=firstName+lastName phone=phone email=email externalCode=externalId/id companyType='individual' actualAddress=address ?tags=tags ?legalFirstName=firstName ?legalLastName=lastName ?legalMiddleName=patronymic
retailcrm.orderPayment > retailcrm.addNote | id=customerId text=~number/~totalSumm
retailcrm.newOrder > retailcrm.addPayment | orderId=id type='cash' amount=totalSumm ?status='paid' ?orderExternalId=externalId
moysklad.newOrder > email.sendEmail | to=agentEmail subject=~name text=~name/~sum format='plain'
moysklad.newOrder > telegram.sendMessage | text=~name,sum/~agentName,sum format='plain'
moysklad.newOrder > google-sheets.appendRow{Order;Customer;Phone;Amount;Status;Comment} | sheet='Лист1' mode='auto' @1=name @2=agentName @3=agentPhone @4=sum @5=state @6=description
moysklad.orderState > calltouch.updateDeal | orderNumber=externalCode revenue=sum status=state statusDate=changedAt ?comment=description ?fullName=agentName ?phone=agentPhone ?email=agentEmail
moysklad.orderState > retailcrm.updateOrder | externalId=externalCode ?site='shop-1' ?customerComment=description ?phone=agentPhone ?email=agentEmail ?firstName=agentName ?deliveryAddress=shipmentAddress
moysklad.newCounterparty > retailcrm.createCustomer | site='shop-1' externalId=externalCode/id firstName=name phone=phone email=email address=actualAddress ?tags=tags
nethouse.orderComplete > retailcrm.createCustomer | site='shop-1' firstName=firstName lastName=lastName patronymic=middleName phone=phone email=email externalId=orderId ?city=city
nethouse.orderComplete > +retailcrm.createCustomer > retailcrm.createOrder | site='shop-1' customerId=s2.id externalId=orderId status='new' orderType='eshop-individual' firstName=firstName lastName=lastName patronymic=middleName phone=phone email=email ?paymentAmount=total ?deliveryCity=city
nethouse.ticketCancel > telegram.sendMessage | text=~orderId/~buyerName,place/~buyerName,phone format='plain'
nethouse.orderCreate > amocrm.createContact | name=buyerName phone=phone email=email ?firstName=firstName ?lastName=lastName
nethouse.orderComplete > google-sheets.appendRow{Покупатель;Телефон;E-mail;Сумма;Место;Промокод} | sheet='Лист1' mode='auto' @1=buyerName @2=phone @3=email @4=total @5=place @6=promocode
remonline.newClient > amocrm.createContact | name=name phone=phone email=email ?firstName=firstName ?lastName=lastName
remonline.newClient > retailcrm.createCustomer | site='shop-1' externalId=id firstName=firstName lastName=lastName phone=phone email=email address=address
remonline.orderStatus > telegram.sendMessage | text=~status format='plain'
remonline.orderStatus > email.sendEmail | to=clientEmail subject=~number text=~status/~number format='plain'
remonline.newOrder > google-sheets.appendRow{Номер заказа;Клиент;Телефон;Неисправность;Бренд;Модель;Стоимость} | sheet='Лист1' mode='auto' @1=number @2=clientName @3=clientPhone @4=malfunction @5=brand @6=model @7=price
remonline.orderStatus > remonline.addComment | id=id text=~status/~malfunction
vk.leadForm > amocrm.createContact | name=firstName+lastName phone=phone email=email ?firstName=firstName ?lastName=lastName
vk.leadForm > +amocrm.createContact > amocrm.createLead | name=~formName/~firstName contactId=s2.id pipelineId='3001' ?statusId='40001'
vk.leadForm > retailcrm.createCustomer | site='shop-1' externalId=leadId firstName=firstName lastName=lastName patronymic=patronymic phone=phone email=email ?birthday=birthday ?city=location
vk.leadForm > bitrix24.createLead | TITLE=~formName/~firstName NAME=firstName LAST_NAME=lastName SECOND_NAME=patronymic PHONE=phone EMAIL=email COMMENTS=answersText ORIGIN_ID=leadId ?BIRTHDATE=birthday ?WEB=userUrl
vk.leadForm > telegram.sendMessage | text=~firstName,phone format='plain'
vk.leadForm > google-sheets.appendRow{Имя;Фамилия;Телефон;Почта;Город;Форма} | sheet='Лист1' mode='auto' @1=firstName @2=lastName @3=phone @4=email @5=location @6=formName
facebook.lead > remonline.createClient | firstName=firstName lastName=lastName phone=phone email=email notes=answersText ?address=street
facebook.lead > +remonline.createClient > remonline.createOrder | branchId='b1' clientId=s2.id statusId='s-new' malfunction=answersText
facebook.lead > bitrix24.createLead | TITLE=~formName/~fullName NAME=firstName LAST_NAME=lastName PHONE=phone EMAIL=email COMMENTS=answersText ORIGIN_ID=leadId ?COMPANY_TITLE=company ?UTM_CAMPAIGN=campaignName ?POST=jobTitle
facebook.lead > amocrm.createContact | name=fullName phone=phone email=email ?firstName=firstName ?lastName=lastName
facebook.lead > email.sendEmail | to=email subject=~formName/~fullName text=~answersText/~fullName format='plain'
facebook.lead > google-sheets.appendRow{Full name;Phone;Email;Campaign;Ad;Answers} | sheet='Лист1' mode='auto' @1=fullName @2=phone @3=email @4=campaignName @5=adName @6=answersText
google-sheets.newRow{Имя=Анна;Телефон=+79990000001;Почта=anna@example.test;Комментарий=Перезвонить} > amocrm.createContact | name=@1 phone=@2 email=@3
google-sheets.newRow{ФИО=Анна Петрова;Телефон=+79990000001;Сумма=1500;Комментарий=Быстро} > +amocrm.createContact > amocrm.createLead | name=~@1 price=@3 contactId=s2.id pipelineId='3001' ?statusId='40001'
google-sheets.newRow{Name=Anna;Phone=+79990000001;Email=anna@example.test;City=Omsk} > retailcrm.createCustomer | site='shop-1' firstName=@1 phone=@2 email=@3 city=@4
google-sheets.newRow{Email=anna@example.test;Тема=Скидка;Текст=Здравствуйте} > email.sendEmail | to=@1 subject=@2 text=@3 format='plain'
google-sheets.newRow{Компания=Ромашка;Телефон=+79990000001;Почта=a@example.test} > bitrix24.createCompany | TITLE=@1 PHONE=@2 EMAIL=@3
webhook.incoming{name=Анна;phone=+79990000001;email=anna@example.test;message=Позвоните} > bitrix24.createLead | TITLE=~@1 NAME=@1 PHONE=@2 EMAIL=@3 COMMENTS=@4
webhook.incoming{fio=Анна Петрова;tel=+79990000001;utm_source=vk;utm_campaign=zima} > amocrm.createContact | name=@1 phone=@2
webhook.incoming{Имя=Анна;Телефон=+79990000001;Комментарий=Вечером} > telegram.sendMessage | text=~@1,@2 format='plain'
webhook.incoming{client_name=Анна;client_phone=+79990000001;product=Велосипед;price=1500} > google-sheets.appendRow{Имя;Телефон;Товар;Цена} | sheet='Лист1' mode='auto' @1=@1 @2=@2 @3=@3 @4=@4
webhook.incoming{firstName=Анна;lastName=Петрова;phone=+79990000001;order_id=77} > retailcrm.createCustomer | site='shop-1' firstName=@1 lastName=@2 phone=@3 ?externalId=@4/id
`;
