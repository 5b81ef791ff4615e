"""The names of the months in the languages that reports are written in, abbreviations and cases included."""

# Each name once: those that mean different months in two languages ("listopad") are left out. Months of two
# words have "_" between them.
_NAMES = """
january jan januar januari janvier janv enero ene gennaio gen janeiro ianuarie styczeń stycznia leden ledna
    január januára ocak oca tammikuuta tammikuu janúar siječnja sausio jaanuar январь января январи январ янв
    січня ιανουάριος ιανουαρίου يناير جانفي كانون_الثاني ינואר जनवरी
february feb februar februari février fevrier févr febrero febbraio febb fevereiro fev februarie luty lutego
    únor února február februára şubat şub helmikuuta helmikuu febrúar veljače vasario veebruar февраль февраля
    февруари фебруар фев лютого φεβρουάριος φεβρουαρίου فبراير فيفري شباط פברואר फरवरी फ़रवरी
march mar märz maerz mär mars marzo março marco maart mrt marts martie marzec marca březen března március mart
    maaliskuuta maaliskuu ožujka kovo märts март марта мар березня μάρτιος μαρτίου مارس آذار מרץ मार्च maret
april apr avril avr abril abr aprile kwiecień kwietnia duben dubna apríl április nisan huhtikuuta huhtikuu
    apríla travnja balandžio aprill aprilie апрель апреля април апр квітня απρίλιος απριλίου أبريل ابريل إبريل أفريل
    نيسان אפריל अप्रैल
may mai mayo maggio mag maio mei maj maja květen května máj mája május mayıs toukokuuta toukokuu maí svibnja
    gegužės май мая мај травня μάιος μαΐου مايو ماي أيار מאי मई
june jun juni juin junio giugno giu junho czerwiec czerwca červen června jún júna június haziran haz kesäkuuta
    kesäkuu júní lipnja birželio juuni iunie июнь июня юни јун июн червня ιούνιος ιουνίου يونيو جوان حزيران יוני जून
july jul juli lipiec lipca juillet juil julio luglio lug julho červenec července júl júla július temmuz tem heinäkuuta
    heinäkuu júlí srpnja liepos juuli iulie июль июля юли јул июл липня ιούλιος ιουλίου يوليو يوليوز جويلية
    تموز יולי जुलाई
august aug août aout agosto ago augusti augustus sierpień sierpnia srpen srpna augusztus ağustos ağu elokuuta
    elokuu ágúst kolovoza rugpjūčio avgust augusta agustus август августа авг серпня αύγουστος αυγούστου أغسطس
    غشت أوت آب אוגוסט अगस्त
september sep sept septembre septiembre settembre set setembro setiembre września wrzesień září szeptember eylül
    eyl syyskuuta syyskuu septembra rujna rugsėjo septembar septembrie сентябрь сентября септември септембар сен
    сент вересня σεπτέμβριος σεπτεμβρίου سبتمبر شتنبر أيلول ספטמבר सितंबर सितम्बर
october oct oktober okt octobre octubre ottobre ott outubro out październik października říjen října október
    ekim eki lokakuuta lokakuu októbra spalio oktoober octombrie oktobar октябрь октября октомври октобар окт
    жовтня οκτώβριος οκτωβρίου أكتوبر اكتوبر تشرين_الأول אוקטובר अक्टूबर अक्तूबर
november nov novembre noviembre novembro listopadu kasım kas marraskuuta marraskuu nóvember novembra studenoga
    lapkričio noiembrie novembar ноябрь ноября ноември новембар ноя листопада νοέμβριος νοεμβρίου نوفمبر نونبر
    تشرين_الثاني נובמבר नवंबर नवम्बर
december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro grudzień grudnia prosinec
    prosince aralık ara joulukuuta joulukuu desember des decembra prosinca gruodžio detsember decembrie decembar
    декабрь декабря декември децембар дек грудня δεκέμβριος δεκεμβρίου ديسمبر دجنبر كانون_الأول דצמבר दिसंबर दिसम्बर
"""
_BY_MONTH = _NAMES.strip().replace("\n    ", " ").splitlines()
MONTHS = {name: number for number, names in enumerate(_BY_MONTH, start=1) for name in names.split()}
