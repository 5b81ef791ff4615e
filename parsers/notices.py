"""What a line says when it stands where a page should: "Page not found", "Just a moment...", "Account suspended".

The words that servers, platforms and walls use, in eight languages, compared without case, accents of typography and
punctuation. A line alone proves nothing, as reports have such titles too: `parsers.effective` weighs it against the
prose beside it.
"""

import re
from dataclasses import dataclass

from .normal import bare, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What a line means, where at most *room* characters of prose stand beside it: the *rule* and the *status*."""

    rule: str
    status: int
    room: int = 400


NO_PAGE = Sign(rule="soft-404", status=404, room=1_000)
TAKEN_DOWN = Sign(rule="soft-404", status=404)  # words that a report may have for its title
WALL = Sign(rule="blocked", status=403)
VENDOR_WALL = Sign(rule="blocked", status=403, room=2_000)  # words that only a wall has
TOO_MANY = Sign(rule="blocked", status=429)
ELSEWHERE = Sign(rule="blocked", status=451)
LOGIN = Sign(rule="login", status=401, room=300)
PARKED = Sign(rule="parked", status=404, room=1_500)
SUSPENDED = Sign(rule="suspended", status=503)
MAINTENANCE = Sign(rule="maintenance", status=503, room=300)
ERROR = Sign(rule="error", status=500)
BAD_GATEWAY = Sign(rule="error", status=502)
UNAVAILABLE = Sign(rule="error", status=503)
TIMEOUT = Sign(rule="error", status=504)

# Of several signs on one page the first of these counts: a wall stands before the site, an error message is vague.
_ORDER = ("blocked", "parked", "suspended", "maintenance", "login", "soft-404", "error")
_REACH = 600
_BETWEEN_PARTS = re.compile(r" [-–—|·•»«›‹:/>]+ |[|·•»«›‹]|: ")


def _phrases(text: str) -> frozenset[str]:
    return frozenset(bare(phrase) for phrase in re.split(r"[|\n]", text)) - {""}


def _joined(things: str, fates: str) -> frozenset[str]:
    ends = _phrases(fates)
    return frozenset(f"{thing} {fate}" for thing in _phrases(things) for fate in ends)


_FATES = """
not found | was not found | is not found | cannot be found | can't be found | could not be found | couldn't be found
not available | is not available | isn't available | unavailable | is unavailable | no longer available
is no longer available | does not exist | doesn't exist | no longer exists | has been removed | was removed | removed
has been deleted | was deleted | deleted | has been taken down | was taken down | has been unpublished
has been withdrawn | is missing | missing | is gone | has gone missing
"""
_NO_PAGE_WORDS = _joined(
    """
    page | the page | this page | that page | the requested page | requested page | the page you requested
    the page you have requested | the page you are looking for | the page you were looking for
    the page you're looking for | the page you are trying to reach | the page you tried to reach
    file | the file | this file | url | the url | the requested url | resource | the resource | the requested resource
    the specified key | the requested document | this report | this document | this article | this content | this post
    this publication | this item
    """,
    _FATES,
) | _phrases(
    """
    no such page | no such file or directory | nosuchkey | there is no page here
    we can't find that page | we can't find this page | we can't find the page you're looking for
    we couldn't find that page | we couldn't find the page you were looking for
    we couldn't find the page you're looking for | we could not find the page you were looking for
    we could not find the page you are looking for | can't find that page | couldn't find that page
    it looks like nothing was found at this location

    page non trouvée | page introuvable | page inexistante | page indisponible | page non disponible
    cette page n'existe pas | cette page n'existe plus | cette page est introuvable | cette page n'est plus disponible
    la page demandée n'existe pas | la page demandée n'existe plus | la page demandée est introuvable
    la page que vous cherchez n'existe pas | la page que vous cherchez est introuvable
    la page que vous recherchez n'existe pas | la page que vous recherchez est introuvable
    la page que vous avez demandée n'existe pas | ce contenu n'est plus disponible
    ce rapport a été retiré | ce rapport a été supprimé | cette page a été supprimée

    página no encontrada | no se encontró la página | no se ha encontrado la página | página no disponible
    no se ha podido encontrar la página | página inexistente | la página no existe | esta página no existe
    esta página ya no existe | la página solicitada no existe | la página que busca no existe
    la página que buscas no existe | la página que está buscando no existe | la página que estás buscando no existe
    esta página no está disponible | esta página ha sido eliminada
    este informe ha sido retirado | este informe ha sido eliminado

    seite nicht gefunden | seite wurde nicht gefunden | die seite wurde nicht gefunden
    diese seite wurde nicht gefunden | die angeforderte seite wurde nicht gefunden
    die gesuchte seite wurde nicht gefunden | die gewünschte seite wurde nicht gefunden
    die seite konnte nicht gefunden werden | die angeforderte seite konnte nicht gefunden werden
    seite nicht verfügbar | seite existiert nicht | diese seite existiert nicht | diese seite existiert nicht mehr
    die angeforderte seite existiert nicht | die seite existiert nicht | die seite existiert nicht mehr
    diese seite ist nicht verfügbar | datei nicht gefunden | diese seite wurde entfernt
    dieser bericht wurde entfernt | dieser inhalt ist nicht mehr verfügbar

    página não encontrada | a página não foi encontrada | página inexistente | página indisponível
    página não disponível | a página não existe | esta página não existe | esta página já não existe
    a página que procura não existe | a página que você procura não existe
    a página que você está procurando não existe | a página solicitada não existe
    a página solicitada não foi encontrada | este relatório foi removido | esta página foi removida

    страница не найдена | страница не существует | страница недоступна | страница удалена | такой страницы нет
    такой страницы не существует | запрашиваемая страница не найдена | запрошенная страница не найдена
    запрашиваемая вами страница не найдена | запрашиваемая страница не существует | файл не найден
    этот доклад был удален | этот доклад был удалён

    сторінку не знайдено | сторінка не знайдена | сторінка не існує | сторінки не існує | такої сторінки не існує
    такої сторінки немає | сторінка недоступна | сторінку видалено | запитувану сторінку не знайдено
    запитувана сторінка не знайдена | цей звіт видалено

    الصفحة غير موجودة | هذه الصفحة غير موجودة | الصفحة المطلوبة غير موجودة | الصفحة التي تبحث عنها غير موجودة
    لم يتم العثور على الصفحة | لم يتم العثور على الصفحة المطلوبة | تعذر العثور على الصفحة | الصفحة غير متوفرة
    الصفحة غير متاحة | هذه الصفحة غير متوفرة | هذه الصفحة غير متاحة | تم حذف هذه الصفحة | تمت إزالة هذا التقرير
    """
)
_TAKEN_DOWN_WORDS = _joined(
    "article | the article | report | the report | document | the document | content | the content | post | the post\n"
    "publication | the publication | object | item",
    _FATES,
) | _phrases(
    """
    not found | nothing found | nothing here | nothing was found | there's nothing here | 410 gone
    non trouvé | contenu introuvable | document introuvable | article introuvable
    no encontrado | no encontrada | contenido no encontrado | contenido no disponible
    nicht gefunden | inhalt nicht gefunden
    não encontrado | não encontrada | conteúdo não encontrado | conteúdo indisponível
    не найдено | не найдена | материал не найден | материал удален | материал удалён | документ не найден
    статья не найдена | доклад удален | доклад удалён
    не знайдено | матеріал не знайдено | матеріал видалено | документ не знайдено | звіт видалено
    غير موجود | المحتوى غير موجود
    """
)
_PLACE_WORDS = _phrases("unavailable for legal reasons | unavailable due to legal reasons") | _joined(
    "page is | site is | website is | service is | content is | video is | page | site | content",
    "not available in your country | not available in your region | not available in your location\n"
    "unavailable in your country | unavailable in your region",
)
# A whole line, or a whole part of one.
_LINES: tuple[tuple[Sign, frozenset[str]], ...] = (
    (NO_PAGE, _NO_PAGE_WORDS),
    (TAKEN_DOWN, _TAKEN_DOWN_WORDS),
    (
        VENDOR_WALL,
        _phrases(
            """
            attention required cloudflare | pardon our interruption | access to this page has been denied
            sucuri website firewall access denied | access denied sucuri website firewall | sucuri website firewall
            ddos-guard | you have been blocked | verify you are human | verifying you are human
            verify that you are human | please verify you are a human | checking your browser before accessing
            checking if the site connection is secure | vercel security checkpoint | making sure you're not a bot
            before you continue to google | before you continue to youtube
            """
        ),
    ),
    (
        WALL,
        _phrases(
            """
            just a moment | one moment | one moment please | please wait | access denied | access forbidden
            access restricted | restricted access | access blocked | forbidden | request blocked | request rejected
            request unsuccessful | the request is blocked | blocked | security check | captcha | robot check | bot check
            robot or human | are you a robot | are you human | bot verification | human verification
            verification required | client challenge | checking your browser | before you continue | cookie consent
            cookie wall | we value your privacy | your privacy choices
            you are not authorized to access this page
            un instant | accès refusé | accès interdit | vérification de sécurité
            un momento | acceso denegado | acceso prohibido | verificación de seguridad
            einen moment | nur einen moment | zugriff verweigert | zugriff nicht gestattet | zugang verweigert
            sicherheitsüberprüfung
            um momento | acesso negado | acesso proibido | verificação de segurança
            один момент | доступ запрещен | доступ запрещён | доступ ограничен | проверка браузера
            проверка безопасности
            зачекайте | доступ заборонено | доступ обмежено | перевірка безпеки
            لحظة | تم رفض الوصول | الوصول مرفوض | تم حظر الوصول | التحقق الأمني
            """
        ),
    ),
    (TOO_MANY, _phrases("too many requests | rate limit exceeded | rate limited | you are being rate limited")),
    (
        ELSEWHERE,
        _PLACE_WORDS
        | frozenset(f"this {phrase}" for phrase in _PLACE_WORDS)
        | _phrases("not available in your country | not available in your region"),
    ),
    (
        LOGIN,
        _phrases(
            """
            sign in | log in | login | signin | sign in to continue | log in to continue | please sign in
            please log in | login required | sign in required | authentication required | authorization required
            unauthorized | sign in to your account | log in to your account | member login | user login | members only
            you must log in to view this page
            connexion | se connecter | identification | authentification requise | connectez-vous
            iniciar sesión | inicio de sesión | inicie sesión | acceder | identificarse
            anmelden | anmeldung | einloggen | anmeldung erforderlich | bitte anmelden
            entrar | iniciar sessão | fazer login | acessar | autenticação
            вход | войти | авторизация | вход в систему | вход на сайт | требуется авторизация
            вхід | увійти | авторизація | вхід до системи | потрібна авторизація
            تسجيل الدخول | دخول | تسجيل دخول
            """
        ),
    ),
    (
        PARKED,
        _phrases(
            """
            this domain is for sale | domain for sale | domain is for sale | the domain is for sale | buy this domain
            parked domain | domain parked | this domain is parked | domain parking | domain expired | domain has expired
            this domain has expired | this domain name has expired | this domain may be for sale | domain default page
            default web site page | future home of something quite cool | welcome to nginx | it works
            apache2 ubuntu default page it works | apache2 debian default page it works | iis windows server
            test page for the apache http server | looks like this domain isn't connected to a website yet
            ce domaine est à vendre | ce nom de domaine est à vendre
            este dominio está en venta | dominio en venta
            diese domain steht zum verkauf | diese domain ist geparkt
            este domínio está à venda
            домен продается | домен продаётся | домен припаркован
            домен продається | домен припарковано
            هذا النطاق للبيع
            """
        ),
    ),
    (
        SUSPENDED,
        _joined("this account | account | this site | this website | hosting account", "has been suspended")
        | _phrases(
            """
            account suspended | site suspended | website suspended | hosting suspended | hosting account suspended
            bandwidth limit exceeded | this site has been archived or suspended | domain suspended | service suspended
            compte suspendu | site suspendu | cuenta suspendida | sitio suspendido | konto gesperrt | webseite gesperrt
            conta suspensa | site suspenso | аккаунт заблокирован | хостинг заблокирован | обліковий запис заблоковано
            تم تعليق الحساب | الحساب موقوف
            """
        ),
    ),
    (
        MAINTENANCE,
        _joined("site is | this site is | the site is | our site is | website is | we are", "under maintenance")
        | _phrases(
            """
            maintenance | under maintenance | site under maintenance | website under maintenance | maintenance mode
            down for maintenance | temporarily down for maintenance | site maintenance | scheduled maintenance
            site is undergoing maintenance | briefly unavailable for scheduled maintenance
            briefly unavailable for scheduled maintenance check back in a minute | we'll be back soon
            we will be back soon | we'll be right back | be right back | back soon | under construction
            site under construction | this site is under construction | coming soon | website coming soon
            en maintenance | site en maintenance | maintenance en cours
            en mantenimiento | sitio en mantenimiento | sitio web en mantenimiento
            wartungsarbeiten | wartungsmodus | wartung | im wartungsmodus
            em manutenção | site em manutenção
            технические работы | ведутся технические работы | сайт на обслуживании | сайт на реконструкции
            технічні роботи | тривають технічні роботи | ведуться технічні роботи | сайт на обслуговуванні
            الموقع تحت الصيانة | تحت الصيانة | الموقع قيد الصيانة
            """
        ),
    ),
    (
        ERROR,
        _phrases(
            """
            internal server | internal server error | server error | unexpected error | an error occurred
            an error has occurred | an unexpected error occurred | an unexpected error has occurred
            something went wrong | fatal error | runtime error | server error in application | database error
            error establishing a database connection | establishing a database connection | application error
            a server error occurred | error processing ssi file
            application error a client side exception has occurred
            erreur interne du serveur | erreur serveur | error interno del servidor | interner serverfehler
            erro interno do servidor | внутренняя ошибка сервера | внутрішня помилка сервера | خطأ في الخادم
            """
        ),
    ),
    (BAD_GATEWAY, _phrases("bad gateway")),
    (TIMEOUT, _phrases("gateway timeout | gateway time-out")),
    (
        UNAVAILABLE,
        _phrases(
            """
            service unavailable | service temporarily unavailable | temporarily unavailable
            the service is unavailable | the service is temporarily unavailable | site temporarily unavailable
            this site is temporarily unavailable
            service indisponible | servicio no disponible | dienst nicht verfügbar | serviço indisponível
            сервис недоступен
            """
        ),
    ),
)
_SIGNS = {phrase: sign for sign, phrases in _LINES for phrase in phrases}
# "The page you requested could not be found or has moved."
_OPENINGS = tuple(sorted(f"{phrase} " for phrase in _NO_PAGE_WORDS if phrase.count(" ") > 1))
_CODES = {
    "401": LOGIN,
    **dict.fromkeys(("403", "406", "1020"), WALL),
    **dict.fromkeys(("404", "410"), TAKEN_DOWN),
    **dict.fromkeys(("429", "1015"), TOO_MANY),
    "451": ELSEWHERE,
    "500": ERROR,
    "502": BAD_GATEWAY,
    "503": UNAVAILABLE,
    "504": TIMEOUT,
}
_VAGUE = frozenset("error erreur fehler erro ошибка помилка خطأ".split())
# What stands before or behind the words that say what happened; the 1 is from "Error 404 (Not Found)!!1".
_NOISE = frozenset(
    "http https status code message errors oops ooops whoops ups oups hoppla sorry désolé entschuldigung leider "
    "desculpe извините простите вибачте к сожалению на жаль عذرا uh oh but unfortunately we re 1".split()
).union(_VAGUE, _CODES)
# Inside the text of a page that holds little else.
_WORDS: tuple[tuple[Sign, frozenset[str]], ...] = (
    (TOO_MANY, _phrases("rate limit exceeded | you are being rate limited | error code 1015")),
    (ELSEWHERE, _PLACE_WORDS),
    (
        WALL,
        _phrases(
            """
            enable javascript and cookies to continue | checking your browser before accessing
            checking your browser before you access | checking if the site connection is secure
            needs to review the security of your connection | your browser is being checked
            verify you are human | verify you are a human | verify that you are human | verify that you're not a robot
            confirm you are human | confirm that you are human | prove you are human | prove that you are human
            you are not a robot | you're not a robot | you have been blocked | you are being blocked
            your request has been blocked | access to this page has been denied | you don't have permission to access
            you do not have permission to access | unusual traffic from your computer network | incapsula incident id
            ddos protection by | protected by ddos guard | the requested url was rejected | sucuri website firewall
            error code 1020 | please enable js and disable any ad blocker | press & hold to confirm
            complete the captcha | solve the captcha | complete the security check | enter the characters you see below
            your access to this site has been limited | your ip address has been blocked
            please turn javascript on and reload the page | accept cookies to continue
            accept all cookies to continue
            vérifiez que vous êtes humain | vérifier que vous êtes un être humain
            activez javascript et les cookies pour continuer
            comprobando su navegador | verifique que es un ser humano | verifica que eres un ser humano
            bestätigen sie dass sie ein mensch sind | überprüfung ob sie ein mensch sind
            aktivieren sie javascript und cookies um fortzufahren
            verifique se você é humano | confirme que você é humano
            подтвердите что вы человек | подтвердите что вы не робот | проверка вашего браузера
            підтвердьте що ви людина | підтвердьте що ви не робот | перевірка вашого браузера
            تحقق من أنك إنسان | أكد أنك لست روبوتا
            """
        ),
    ),
    (
        LOGIN,
        _phrases("you must log in | you must be logged in | you need to log in | you need to sign in")
        | _joined("log in | sign in", "to continue | to view | to see | to read | to access"),
    ),
    (
        PARKED,
        _phrases(
            """
            domain is for sale | domain may be for sale | domain name is for sale | domain is parked
            domain name is parked | parked free courtesy of | buy this domain | domain has expired
            domain name has expired | domain is available for purchase | purchase this domain
            isn't connected to a website yet
            domain steht zum verkauf | domain ist geparkt | domaine est à vendre | dominio está en venta
            domínio está à venda | домен продается | домен продаётся | домен припаркован | домен продається
            النطاق للبيع
            """
        ),
    ),
    (SUSPENDED, _joined("this account | your account | this website | this site", "has been suspended")),
    (
        MAINTENANCE,
        _phrases("unavailable for scheduled maintenance")
        | _joined(
            "site is | website is | we are",
            "down for maintenance | currently down for maintenance | undergoing maintenance | under maintenance\n"
            "currently undergoing maintenance | undergoing scheduled maintenance | currently under maintenance",
        ),
    ),
    (
        ERROR,
        _phrases(
            """
            error establishing a database connection | a client side exception has occurred
            the server encountered an internal error | there has been a critical error on this website
            """
        ),
    ),
)
_INSIDE = tuple((f" {phrase} ", sign) for sign, phrases in _WORDS for phrase in sorted(phrases))
_DEMANDS = tuple(
    sorted(
        _phrases(
            """
            enable javascript | javascript enabled | javascript is required | javascript is disabled
            requires javascript | activer javascript | activez javascript | habilite javascript | habilitar javascript
            javascript aktivieren | ative o javascript | включите javascript | увімкніть javascript
            """
        )
    )
)


def order(sign: Sign) -> tuple[int, bool]:
    """A sort key: of several signs on one page the one with the least says most."""
    return _ORDER.index(sign.rule), sign.status == 403  # a wall that says more than "no" says it by its number


def sign_of(line: str) -> Sign | None:
    """What *line* says: as a whole, as one of its parts ("Page not found | Example"), or by how it begins.

    Of a long line the first 600 characters are read.
    """
    line = shown(line[:_REACH])
    parts = dict.fromkeys([line, *_BETWEEN_PARTS.split(line)])
    return min((sign for part in parts if (sign := _sign_of_part(part))), key=order, default=None)


def signs_in(text: str) -> list[tuple[Sign, str]]:
    """What is said anywhere within *text*, each with its words: for texts so short that they are about nothing else."""
    words = f" {bare(text)} "
    return [(sign, phrase.strip()) for phrase, sign in _INSIDE if phrase in words]


def demand_in(text: str) -> str:
    """The words by which *text* asks for scripts to be switched on, "" where it does not."""
    words = bare(text)
    return next((phrase for phrase in _DEMANDS if phrase in words), "")


def _sign_of_part(part: str) -> Sign | None:
    words = bare(part).split()
    first, end = 0, len(words)
    while end > first and words[end - 1] in _NOISE:
        end -= 1
    while end > first and words[first] in _NOISE:
        first += 1
    if first == end:
        code = next((word for word in words if word in _CODES), "")
        return _CODES.get(code) or (ERROR if _VAGUE.intersection(words) else None)
    core = " ".join(words[first:end])
    opens = f"{core} ".startswith(_OPENINGS)
    return _SIGNS.get(core) or _SIGNS.get(" ".join(words)) or (TAKEN_DOWN if opens else None)
