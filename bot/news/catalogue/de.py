"""German."""

from bot.news.catalogue.en import (
    Answer,
    Asking,
    Buttons,
    Card,
    Clicks,
    Commands,
    Digest,
    Follow,
    Grid,
    Home,
    Installing,
    Lists,
    Messages,
    Notices,
    Phrase,
    Rights,
    Settings,
    Summary,
    Times,
    Typed,
    Wish,
)
from bot.news.model import Manner, Relation

MESSAGES = Messages(
    thousands=".",
    numbers=("keine", "eine", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"),
    months=(
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    day="{day}. {month} {year}",
    undated="undatiert",
    days="{first} bis {last}",
    names="{first} und {last}",
    articles=("{count} Artikel", "{count} Artikel"),
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    languages={
        "ar": "Arabisch",
        "de": "Deutsch",
        "el": "Griechisch",
        "en": "Englisch",
        "es": "Spanisch",
        "fr": "Französisch",
        "he": "Hebräisch",
        "hi": "Hindi",
        "it": "Italienisch",
        "ja": "Japanisch",
        "ko": "Koreanisch",
        "nl": "Niederländisch",
        "pt": "Portugiesisch",
        "ru": "Russisch",
        "th": "Thailändisch",
        "zh": "Chinesisch",
    },
    date="{weekday}, {day}. {month}",
    moment="{date}, {time} Uhr",
    outlets=("{count} Medium", "{count} Medien"),
    errors={
        "CrosscheckError": "Das konnte ich nicht zu Ende bringen. Verloren ist nichts: Fragen Sie gleich noch einmal.",
        "WrongUse": "Das habe ich nicht verstanden. Stellen Sie eine Frage in ein oder zwei Sätzen.",
        "UnreadableCoverage": "Dieser Artikel ließ sich nicht lesen.",
        "ReaderAbsent": "Es ist kein Modell eingerichtet.",
        "ReaderUnavailable": "Das Modell ist gerade nicht zu erreichen.",
        "ReaderRefused": (
            "Das Modell hat die Anfrage abgelehnt; wer diesen Bot betreibt, sollte Schlüssel und Modellnamen prüfen."
        ),
        "ReplyUnusable": "Die Antwort des Modells war nicht zu gebrauchen.",
        "ReplyCut": "Die Antwort des Modells brach an ihrer Längengrenze ab und war daher nicht zu gebrauchen.",
        "ReplyWithheld": "Das Modell wollte darauf nicht antworten.",
        "StoreUnavailable": "Die Bibliothek ist gerade nicht zu erreichen. Bitte fragen Sie gleich noch einmal.",
        "StoreFull": (
            "Für neue Berichterstattung ist kein Platz mehr; wer diesen Bot betreibt, sollte Speicherplatz frei machen."
        ),
        "SealedAway": (
            "Was ich bekommen habe, um hier zu arbeiten, kann ich nicht verwenden; wer diesen Bot betreibt, sollte "
            "seine Schlüssel prüfen."
        ),
        "LineIsFull": (
            "Es warten so viele Fragen, dass ich diese nicht mehr in die Reihe aufnehmen kann. Stellen Sie sie in ein "
            "paar Minuten noch einmal; die wartenden werden alle beantwortet."
        ),
        "NotHere": "In diesem Kanal kann ich nichts posten. Laden Sie mich ein und versuchen Sie es dann noch einmal.",
        "WorkspaceSpent": (
            "Dieser Workspace hat seinen Anteil am Modell für heute verbraucht. Ab Mitternacht UTC ist er wieder frei; "
            "bis dahin werden Quellen zitiert, nicht verglichen."
        ),
        "PersonSpent": (
            "Sie haben Ihren Anteil am Modell für heute verbraucht. Ab Mitternacht UTC ist er wieder frei; bis dahin "
            "werden Quellen für Sie zitiert, nicht verglichen."
        ),
        "UnknownZone": "Diese Zeitzone kenne ich nicht. Nennen Sie sie wie Europe/Berlin oder America/New_York.",
    },
    answer=Answer(
        headings={
            Relation.DISPUTE: "Die Quellen widersprechen sich",
            Relation.UPDATE: "Seither berichtigt oder überholt",
            Relation.AGREE: "Die Quellen stimmen überein",
            Relation.COMPLEMENTARY: "Die Quellen ergänzen sich",
            Relation.OPINION: "Die Meinungen gehen auseinander",
            Relation.SINGLE: "Nur eine Quelle",
            Relation.NONE: "Nichts in der Berichterstattung beantwortet das",
        },
        now="Jetzt:",
        before="Vorher:",
        manners={Manner.OPINION: "Meinung", Manner.FORECAST: "Vorhersage"},
        independent=("1 unabhängige Quelle", "{count} unabhängige Quellen"),
        outlets="{outlets} Medien, {sources}",
        also="außerdem {outlets}",
        others="außerdem",
        citing="{told}, nach {speaker}",
        as_of="{told}, Stand {day}",
        first_side=("{number} Quelle sagt: {claim}", "{number} Quellen sagen: {claim}"),
        next_side=("{number} sagt: {claim}", "{number} sagen: {claim}"),
        another_side="eine andere sagt: {claim}",
        earlier="Davor: {claim} ({who}).",
        agree="Die {number} Quellen, die sich dazu äußern, stimmen überein.",
        complementary="Die Quellen ergänzen sich; sie widersprechen einander nicht.",
        opinion="Das sind verschiedene Urteile, keine widersprüchlichen Tatsachen.",
        single="Nur {outlet} sagt das.",
        silent=(
            "Der andere Artikel erwähnt es nicht; das heißt nicht, dass er es bestreitet.",
            "Die anderen {number} Artikel erwähnen es nicht; das heißt nicht, dass sie es bestreiten.",
        ),
        nothing_reconciles="Nichts in der Berichterstattung bringt sie in Einklang.",
        second_look_failed="Dieser Widerspruch konnte nicht noch einmal geprüft werden; er ist mit Vorsicht zu nehmen.",
        none_answers=(
            "Der eine gelesene Artikel beantwortet das nicht.",
            "Keiner der {count} gelesenen Artikel beantwortet das.",
        ),
        no_match="Nichts in der Berichterstattung passt zu diesen Wörtern.",
        nothing_since="Nichts in der Berichterstattung ist vom {day} oder jünger.",
        nothing_counts="Nichts in der Berichterstattung gehört zu den Themen und Medien, die für diesen Kanal gelten.",
        empty_library=(
            "Es gibt noch keine Berichterstattung, also auch nichts, woraus sich antworten ließe. "
            "Wer diesen Bot betreibt, fügt welche hinzu mit: python -m bot ingest FOLDER"
        ),
        not_compared="Nicht verglichen: {why} Das sagen die Quellen; ob sie übereinstimmen, wurde nicht geprüft.",
        not_compared_nor_found="Nicht geprüft: {why} Kein Satz der Berichterstattung teilt die Wörter dieser Frage.",
        no_model="Es ist kein Modell eingerichtet.",
        uncited="Die Antwort des Modells belegte nichts, was ihm gezeigt wurde; sie wird nicht verwendet.",
        closest="Am nächsten kommt dem in der Berichterstattung:",
        also_disputed="Ebenfalls strittig:",
        sources="Quellen",
        read_articles=("{count} Artikel", "{count} Artikeln"),
        written="Von KI geschrieben aus {read}. Prüfen Sie die Zitate, bevor Sie sich darauf verlassen.",
        quoted="Zitiert aus {read}, nicht verglichen.",
        invented="Beispielmaterial: Diese Medien und Artikel sind erfunden.",
        some_invented="Zum Teil Beispielmaterial: Einige dieser Medien und Artikel sind erfunden.",
        recorded="Eine aufgezeichnete Antwort von {model}, {day}.",
        earlier_prompt="Sie wurde mit einer früheren Fassung der Anweisungen aufgezeichnet.",
        left_out=(
            "{count} weitere unabhängige Quelle mit etwas dazu passte nicht hinein und wurde nicht gelesen.",
            "{count} weitere unabhängige Quellen mit etwas dazu passten nicht hinein und wurden nicht gelesen.",
        ),
        empty_question="Stellen Sie eine Frage in Worten, zum Beispiel: Bekommen britische Firmen jetzt Zugang?",
        long_question="Das sind {characters} Zeichen; eine Frage kann {limit} haben. Fragen Sie in ein paar Sätzen.",
    ),
    summary=Summary(
        whole="Die ganze Berichterstattung",
        happened="Was geschah",
        agreed="Die Quellen stimmen überein",
        disputed="Die Quellen widersprechen sich",
        lone="Nur eine Quelle sagt",
        unknown="Noch unbekannt",
        beginnings="Wie die Artikel beginnen",
        nothing_fits="Nichts in der Berichterstattung passt dazu.",
        not_summed_up=(
            "Nicht zusammengefasst: {why} So beginnen die Artikel; ob sie übereinstimmen, wurde nicht geprüft."
        ),
        no_lines="Nichts von dem Gelesenen ist eine Zeile wert.",
        shortened="Es ist zu viel, um alles zu lesen; nur am Anfang gelesen: {articles}.",
        since="seit {day}",
        until="bis {day}",
    ),
    buttons=Buttons(
        show_quotes="Zitate zeigen",
        follow="Folgen",
        not_a_disagreement="Kein Widerspruch",
        missed="Einer fehlt",
        good="Hilfreich",
        bad="Nicht hilfreich",
        good_label="Diese Antwort hat geholfen",
        bad_label="Diese Antwort hat nicht geholfen",
        ask_next="Weiterfragen:",
        share="Im Kanal teilen",
        unfollow="Nicht mehr folgen",
        see_grid="Tabelle ansehen",
    ),
    asking=Asking(
        reading="liest die Berichterstattung…",
        loading=("Jede Quelle wird für sich gelesen…", "Was sie sagen, wird verglichen…"),
        waiting="wartet, bis die Frage an der Reihe ist…",
        before=("Eine Frage ist vor Ihrer…", "{count} Fragen sind vor Ihrer…"),
        plan="Die Berichterstattung wird gelesen",
        plan_done="{articles} gelesen",
        second_look="Widersprechen sie sich wirklich?",
        more_sources="Weitere Quellen",
        asked_by="Gefragt von",
        stopped="Angehalten. Von dieser Antwort bleibt nichts; fragen Sie wieder, wann immer Sie möchten.",
        quiet="In diesem Thread bin ich jetzt still. Erwähnen Sie mich, wenn Sie etwas fragen möchten.",
        check="Deckt sich das mit der Berichterstattung: {said}",
        nothing_to_check="Darin stehen keine Wörter, zu denen sich die Berichterstattung befragen ließe.",
        forgotten=(
            "Diese Antwort ist nicht mehr aufbewahrt. Stellen Sie die Frage noch einmal, um eine neue zu bekommen."
        ),
        too_long="Das ist zu lang für eine Frage: bitte höchstens {limit} Zeichen. Gelesen wurde nichts.",
        hello=(
            "Hallo. Fragen Sie mich zur Berichterstattung, zum Beispiel: „Sind sich die Quellen einig, wann es "
            "geschah?“"
        ),
        thanks="Gern geschehen.",
        help=(
            "Stellen Sie mir eine Frage zur Berichterstattung: Ich antworte mit belegten Sätzen und sage, wo die "
            "Quellen einander widersprechen. In einem Kanal erwähnen Sie mich dazu; hier, oder in einem Thread, in "
            "dem ich geantwortet habe, fragen Sie einfach weiter."
        ),
        welcome=(
            "Hallo, ich bin Crosscheck: Erwähnen Sie mich mit einer Frage, und ich antworte aus der "
            "Berichterstattung mit belegten Sätzen.\nWo die Medien einander widersprechen, sage ich es. Mehr: "
            "/coverage help"
        ),
        prompts=(
            ("Wo widersprechen sich die Medien?", "In welchen Tatsachen widersprechen die Medien einander?"),
            (
                "Was wurde berichtigt?",
                "Welche Zahlen oder Aussagen wurden seit dem ersten Bericht berichtigt oder überholt?",
            ),
            ("Was geschah, und wann?", "Was geschah, in welcher Reihenfolge und an welchen Tagen?"),
        ),
    ),
    clicks=Clicks(
        quotes_title="Zitate",
        quotes_intro="Jeder belegende Satz ist fett, an seinem Ort zwischen seinen Nachbarn.",
        quotes_left="{count} weitere passten nicht hierher; öffnen Sie die Artikel aus der Quellenliste der Antwort.",
        loading_quotes="Die Artikel werden geöffnet…",
        not_filled="Das ließ sich eben nicht anzeigen. Schließen Sie es, und versuchen Sie es gleich noch einmal.",
        words_title="Was war falsch?",
        words_hint="Ein falsches Zitat, eine fehlende Quelle, ein Widerspruch, der keiner ist: Ein paar Worte helfen.",
        missed_title="Einer fehlt",
        missed_hint="Welche Quellen widersprechen hier einander, und worin?",
        in_your_words="In Ihren Worten",
        close="Schließen",
        send="Senden",
        save="Speichern",
        thanks_good="Danke, notiert.",
        thanks_bad="Danke. Was Sie geschrieben haben, bleibt bei der Antwort aufbewahrt.",
        thanks_label="Danke. Es ist als „{verdict}“ notiert und zählt, wenn die Antworten gemessen werden.",
        followed=("Sie verfolgen diese Frage. Ändert neue Berichterstattung die Antwort, sage ich es hier, einmal."),
    ),
    commands=Commands(
        told={
            "ask": ("FRAGE", "antwortet aus der Berichterstattung, mit belegten Sätzen, zunächst nur für Sie"),
            "disagreements": ("[THEMA]", "zeigt als Tabelle, wo die Medien einander jetzt widersprechen"),
            "timeline": ("[THEMA]", "zeigt, was wann berichtet wurde"),
            "sources": ("", "nennt die Medien, die gelesen werden"),
            "new": ("[seit WANN]", "nennt die neuesten Artikel, zum Beispiel: new seit Montag"),
            "follow": (
                "[FRAGE | THEMA]",
                "eröffnet einen Thread und sagt dort, wenn die Antwort sich ändert oder Medien einander zu "
                "widersprechen beginnen; allein: was Sie verfolgen",
            ),
            "settings": ("", "zeigt und ändert, was in diesem Kanal eingestellt ist, und zeigt, was Sie verfolgen"),
            "summary": (
                "[THEMA | MEDIUM | URL] [seit 7d] [full]",
                "fasst die Geschichte oder einen Teil davon in belegten Zeilen zusammen",
            ),
            "digest": (
                "[on [WUNSCH] | off | now | preview | list]",
                "lässt hier täglich einen Überblick posten: öffnet ein Formular oder nimmt Worte, zum Beispiel: on "
                "09:00 weekdays topics Zölle",
            ),
            "add": (
                "URL",
                "nimmt eine Seite oder die Artikel eines Feeds in die Berichterstattung auf, für die, die dürfen",
            ),
        },
        begun="Ich lese die Berichterstattung; die Antwort kommt hierher, nur für Sie.",
        shared_by="Geteilt von",
        not_shared=(
            "In diesem Kanal kann ich nichts posten. Laden Sie mich ein und drücken Sie dann noch einmal auf Teilen."
        ),
        left=(
            "{count} weitere Nachricht dazu passt nicht in eine private Antwort.",
            "{count} weitere Nachrichten dazu passen nicht in eine private Antwort.",
        ),
        left_to_share=(
            "{count} weitere Nachricht dazu passt nicht in eine private Antwort. „Im Kanal teilen“ postet alles.",
            "{count} weitere Nachrichten dazu passen nicht in eine private Antwort. „Im Kanal teilen“ postet alles.",
        ),
        help_title="Was /coverage kann",
        did_you_mean="„{typed}“ gibt es nicht. Meinten Sie: {meant}",
        unknown=(
            "Um die Berichterstattung zu befragen, tippen Sie: {command} ask {asked} — alles, was ich kann: "
            "{command} help"
        ),
        ask_title="Etwas fragen",
        ask_hint="Eine Frage, zum Beispiel: Sind sich die Quellen einig, wann es geschah?",
        no_such_time="„seit {said}“ verstehe ich nicht. Sagen Sie zum Beispiel: seit 7d, seit Montag oder seit 20. Mai",
        adding="Ich lese die Seite…",
        no_address=(
            "Das ist keine Adresse einer Seite. Tippen Sie /coverage add und die ganze Adresse, wie Ihr Browser sie "
            "zeigt."
        ),
        added="Aufgenommen: {counts}.",
        added_new="{count} neu",
        added_changed="{count} berichtigt",
        added_known="{count} schon bekannt",
        not_added="Dort ließ sich nichts als Artikel lesen.",
    ),
    follow=Follow(
        title="Folgen",
        hint=(
            "Eine Frage: Ich sage, wenn ihre Antwort sich ändert. Ein Thema in ein paar Worten: wenn die Medien "
            "einander darin widersprechen."
        ),
        opened="Das hat jetzt einen eigenen Thread in diesem Kanal; was sich ändert, sage ich dort.",
        opens="Wird von jetzt an verfolgt: {question}",
        topic_opens=(
            "Von jetzt an sage ich in diesem Thread, wenn Medien einander zu „{topic}“ zu widersprechen beginnen."
        ),
        topic_stands="Schon jetzt widersprechen sie einander hierin:",
        topic_more="{count} weitere: /coverage disagreements {topic}",
        topic_already=(
            "Das verfolgen Sie in diesem Kanal schon. Was Sie verfolgen und wie Sie aufhören: /coverage follow"
        ),
        topic_heard="In diesem Thread verfolgen Sie „{topic}“.",
        topic_empty=(
            "Darin ist kein Wort, das etwas sagt: Nennen Sie das Thema in ein paar Worten, zum Beispiel: "
            "/coverage follow Exportverbot"
        ),
        topic="Neue Widersprüche zu „{topic}“",
        news={
            "new": "Die Quellen widersprechen sich jetzt: {question}",
            "changed": "Die Antwort hat sich geändert: {question}",
            "reopened": "Die Quellen widersprechen sich wieder: {question}",
            "settled": "Inzwischen geklärt: {question}",
        },
        said_before="Vorher:",
        all="Sie verfolgen:",
        none=(
            "Sie verfolgen nichts. Drücken Sie unter einer Antwort auf Folgen oder tippen Sie: /coverage follow "
            "FRAGE oder THEMA"
        ),
        left="{count} weitere; sie erscheinen, sobald Sie einige hiervon nicht mehr verfolgen",
    ),
    digest=Digest(
        everything="Die ganze Berichterstattung",
        more_topics="{count} weitere Themen",
        nothing_new="Nichts Neues",
        nothing_new_still_open=(
            "Nichts Neues, {count} Widerspruch noch offen",
            "Nichts Neues, {count} Widersprüche noch offen",
        ),
        new_articles=("{count} neuer Artikel", "{count} neue Artikel"),
        moves={
            "new": ("{count} neuer Widerspruch", "{count} neue Widersprüche"),
            "reopened": ("{count} wieder offen", "{count} wieder offen"),
            "changed": ("{count} geändert", "{count} geändert"),
            "settled": ("{count} geklärt", "{count} geklärt"),
        },
        labels={"new": "Neu", "changed": "Geändert", "reopened": "Wieder offen", "settled": "Geklärt"},
        still_open="Noch offen, unverändert: {count}",
        happened="Was geschah",
        corrected="Berichtigt oder ergänzt",
        lone="Nur eine Quelle",
        first_lines="Neue Artikel, nach Medien",
        not_compared=(
            "Nicht verglichen: Es ist kein Modell eingerichtet. So beginnt jeder neue Artikel; ob sie "
            "übereinstimmen, hat niemand geprüft."
        ),
        not_summed_up="Nicht zusammengefasst: {why} So beginnt jeder neue Artikel.",
        uncompared=(
            "{count} der neuen Artikel wartet noch auf den Vergleich.",
            "{count} der neuen Artikel warten noch auf den Vergleich.",
        ),
        left_out="{count} weitere neue Artikel passten nicht hinein und wurden hierfür nicht gelesen.",
        since="Seit {moment} ({zone}).",
        missed=(
            "Dies schließt {count} früheren Überblick ein, der nicht gesendet werden konnte.",
            "Dies schließt {count} frühere Überblicke ein, die nicht gesendet werden konnten.",
        ),
        pictured="Wer wo steht · {date}",
        details="Einzelheiten, Zitate und Quellen",
        more_below="Mehr im Thread: {count}",
        and_more="Und {count} weitere.",
        settled_no_sides="Keine Quelle äußert sich mehr dazu.",
        settled_sides_fit="Sie widersprechen einander nicht mehr. {sides}",
        settled_one_side="Keine Quelle widerspricht dem mehr: {claim}",
        paused="Ich pausiere den Überblick von",
        paused_plain="Ich pausiere den Überblick eines Ihrer Kanäle: {why}",
        paused_here="pausiert: {why}",
        gone_away="Der Kanal ist archiviert, oder ich bin nicht mehr darin.",
        zone_gone="Die Zeitzone ist nicht mehr bekannt.",
        again="Um ihn wieder zu bekommen, tippen Sie dort /coverage digest on.",
    ),
    wish=Wish(
        title="Täglicher Überblick",
        loading="Ich sehe nach, welchen Überblick dieser Kanal hat…",
        at="Uhrzeit",
        zone="Zeitzone",
        zone_hint="Nach ihrem Ort, zum Beispiel Europe/Berlin.",
        days="Tage",
        topics="Themen",
        topics_hint=(
            "Durch Kommas getrennt, zum Beispiel: KI-Exportverbot, Zölle. Ohne Themen gilt der Überblick der ganzen "
            "Berichterstattung."
        ),
        length="Länge",
        lengths={"full": "Ausführlich", "short": "Kurz, der Rest im Thread"},
        quiet="An einem Tag ohne Neues",
        quiets={"say": "Das in einer Zeile sagen", "skip": "Nichts sagen"},
        switch_on="Einschalten",
        switch_off="Ausschalten",
        change="Ändern",
        no_day="Kreuzen Sie mindestens einen Tag an.",
        no_time="Wählen Sie eine Uhrzeit.",
        begun="Er wird zusammengestellt, nur für Sie.",
        described="{about}, {length}, {days} um {at} Uhr ({zone}); {quiet}",
        described_everything="zur ganzen Berichterstattung",
        described_topics="zu {topics}",
        described_topic="„{topic}“",
        described_named="„{topic}“ ({phrases})",
        described_lengths={"full": "ausführlich", "short": "kurz, mit dem Rest im Thread"},
        described_quiets={
            "say": "an einem Tag ohne Neues sagt das eine Zeile",
            "skip": "an einem Tag ohne Neues kommt nichts",
        },
        weekdays="montags bis freitags",
        daily="täglich",
        weekends="am Wochenende",
        some_days="jeden {days}",
        too_many_topics="Es können höchstens {most} Themen sein; das sind {count}.",
        long_topic="Jedes Thema kann höchstens {limit} Zeichen haben.",
        no_such_zone="Eine Zeitzone „{said}“ gibt es nicht. Nennen Sie sie nach ihrem Ort, zum Beispiel Europe/Berlin.",
        quiet_usage="Sagen Sie „quiet say“ für eine Zeile an einem ruhigen Tag oder „quiet skip“ für keine.",
        not_understood=(
            "„{said}“ verstehe ich nicht. Zum Beispiel: 09:00 weekdays Europe/Berlin topics KI-Exportverbot, Zölle"
        ),
        usage="Sagen Sie on, off, now, preview oder list; oder nichts, um ein Formular zu bekommen.",
        on="Dieser Kanal hat ab jetzt einen Überblick {digest}. Der nächste kommt am {when}.",
        off="Dieser Kanal hat keinen Überblick mehr.",
        off_meanwhile=(
            "Jemand hat den Überblick dieses Kanals eben ausgeschaltet. Sagen Sie noch einmal on, um ihn zu bekommen."
        ),
        where=(
            "Ich bin nicht in diesem Kanal, also könnte kein Überblick hierher kommen. Laden Sie mich ein und "
            "versuchen Sie es dann noch einmal."
        ),
        now="Er wird zusammengestellt und kommt in diesen Kanal.",
        all="Tägliche Überblicke",
        none="Sie haben keinen Überblick eingerichtet, und dieser Kanal hat keinen.",
        next="der nächste am {when}",
        paused="pausiert",
        set="Überblick: {digest}",
        not_set="Überblick: keiner. Um einen zu bekommen: /coverage digest on 09:00 weekdays",
    ),
    lists=Lists(
        outlet_newest="{outlet}: {articles}, der neueste: {day}",
        newest="Das Neueste in der Berichterstattung",
        new_usage="Sagen Sie, seit wann, zum Beispiel: /coverage new seit Montag",
        nothing_since="Seither wurde nichts in der Berichterstattung veröffentlicht.",
        timeline="Was wann berichtet wurde",
        timeline_of="Was wann zu „{topic}“ berichtet wurde",
        nothing_about="Nichts in der Berichterstattung passt zu „{topic}“.",
        nothing_counts=(
            "Nichts in der Berichterstattung gehört zu den Themen und Medien dieses Kanals. Welche das sind: "
            "/coverage settings"
        ),
    ),
    card=Card(
        many="{outlets} und {count} weitere",
        sides=("Eine weitere Antwort wird gegeben.", "{count} weitere Antworten werden gegeben."),
        more=(
            "Ein weiterer Widerspruch: /coverage disagreements",
            "{count} weitere Widersprüche: /coverage disagreements",
        ),
        none="Bisher ist kein anderes Medium bekannt, das ihm widerspricht.",
        uncompared="Er wurde noch nicht mit den anderen Medien verglichen.",
    ),
    grid=Grid(
        heading=(
            "Die Quellen widersprechen sich in {count} Frage",
            "Die Quellen widersprechen sich in {count} Fragen",
        ),
        heading_on=(
            "Die Quellen widersprechen sich in {count} Frage zu „{topic}“",
            "Die Quellen widersprechen sich in {count} Fragen zu „{topic}“",
        ),
        none="Es ist kein offener Widerspruch bekannt. In noch nicht verglichenen Artikeln können welche stecken.",
        none_on=(
            "Zu „{topic}“ ist kein offener Widerspruch bekannt."
            " In noch nicht verglichenen Artikeln können welche stecken."
        ),
        marks={"says": "sagt es", "says otherwise": "sagt es anders", "silent": "schweigt"},
        question_and_claims="Frage, und was behauptet wird",
        legend="Ein leeres Feld: Dieses Medium war an diesem Vergleich nicht beteiligt.",
        stands_where="Wer wo steht",
        pictured="Ein Bild von dem, was nicht in die Tabelle passt, folgt ({count}).",
        silent="Es schweigen: {outlets}.",
        uncompared="Nicht verglichen.",
        not_compared="leer: an diesem Vergleich nicht beteiligt",
        undrawn="Die Zahlen in Klammern im Bild stehen für:",
        not_shown="In Worten, denn Slack zeigt das Bild davon nicht.",
        and_more="Und {count} weitere.",
        left_out="{count} weitere passten nicht hinein: Nennen Sie ein Thema, um weniger zu sehen.",
        outlets_out="Nicht hinein passten: {outlets} mit weniger zu sagen.",
    ),
    settings=Settings(
        title="Kanaleinstellungen",
        loading="Ich sehe nach, was eingestellt ist…",
        topics="Themen",
        topics_hint=(
            "Wörter oder Wendungen, durch Kommas getrennt. Was in diesem Kanal gefragt, zusammengefasst und "
            "aufgelistet wird, nutzt nur Berichterstattung zu einem davon. Leer: die ganze. Der Überblick hat eigene "
            "Themen."
        ),
        outlets="Medien",
        which_outlets="Welche Medien",
        outlets_hint="Sie gelten auch für den Überblick.",
        all_outlets="Alle",
        only_outlets="Nur die unten gewählten",
        not_outlets="Alle außer den unten gewählten",
        language="Sprache der Antworten und Zusammenfassungen",
        language_hint=(
            "Auch alles andere sage ich in diesem Kanal in ihr. Ohne sie spreche ich mit jedem in der Sprache seines "
            "Slack."
        ),
        own_language="Die der Frage oder der Berichterstattung",
        askers="Wer fragen darf",
        askers_hint="Leer: alle. Wer den Bot betreut, darf immer fragen.",
        workspace="Für den ganzen Workspace",
        workspace_hint="Nennen Sie Personen, oder Kanäle, deren Mitglieder dürfen.",
        rights={
            "asking": ("Wer überhaupt fragen darf", "alle"),
            "adding": ("Wer Berichterstattung aufnehmen darf", "nur wer den Bot betreut"),
            "digests": ("Wer den Überblick eines Kanals ändern darf", "alle"),
        },
        nobody_named="Leer: {who}",
        people="{right}: Personen",
        channels="{right}: Kanäle",
        no_outlet_chosen="Wählen Sie mindestens ein Medium oder oben „Alle“.",
        empty_topic=(
            "In „{phrase}“ ist kein Wort, das etwas sagt. Nennen Sie, wovon die Berichterstattung handeln soll."
        ),
        changed="Die Einstellungen dieses Kanals wurden geändert.",
        changed_by="Die Einstellungen dieses Kanals wurden geändert von",
        changed_untold="Es ist gespeichert. Ich bin nicht in diesem Kanal, also hat dort niemand davon erfahren.",
        last_changed="Zuletzt geändert von",
        last_changed_at="{day}, {time} Uhr UTC",
        every_topic="alle",
        everybody="alle",
        only="nur {outlets}",
        all_but="alle außer {outlets}",
        admins_change="Ändern können das die Admins dieses Workspace und",
        admins_alone_change=(
            "Ändern können das die Admins dieses Workspace. Wer den Bot betreibt, kann in seiner Einstellung ADMINS "
            "andere nennen."
        ),
        may_not_change=(
            "Sie dürfen diese Einstellungen nicht ändern. Geändert wurde nichts. Wer es darf: /coverage settings"
        ),
    ),
    rights=Rights(
        ask="In diesem Workspace dürfen mich nur einige fragen, und Sie gehören nicht dazu. Ein Admin kann das ändern.",
        ask_here=(
            "In diesem Kanal dürfen mich nur einige fragen, und Sie gehören nicht dazu. Ein Admin kann das ändern."
        ),
        add=(
            "Sie dürfen keine Berichterstattung aufnehmen. Wer diesen Bot betreut, bestimmt, wer darf: Fragen Sie "
            "einen Admin dieses Workspace."
        ),
        change_digest="In diesem Workspace dürfen nur einige einen Überblick ändern. Ein Admin kann das ändern.",
    ),
    home=Home(
        intro=(
            "Ich lese, was viele Medien über eine Geschichte berichten, beantworte Fragen mit belegten Sätzen und "
            "sage, wo die Medien einander widersprechen. Schreiben Sie mir unter Nachrichten, erwähnen Sie mich in "
            "einem Kanal oder tippen Sie /coverage help."
        ),
        disputes="Wo die Medien einander jetzt widersprechen",
        more="{count} weitere: /coverage disagreements",
        newest="Das Neueste, nach Medien",
        follows="Was Sie verfolgen",
        more_follows="{count} weitere: /coverage follow",
        digest="Ihr Überblick",
        no_digest=(
            "Hier haben Sie keinen. Richten Sie einen unter Nachrichten ein oder tippen Sie in einem Kanal /coverage "
            "digest."
        ),
        set_digest="Einrichten",
        change_digest="Ändern",
        health="Zustand",
        healthy=(
            "{articles} Artikel, offene Widersprüche: {open}, noch nicht verglichene Artikel: {uncompared}; wartende "
            "Aufgaben: {waiting}, aufgegebene: {dead}. Zuletzt gespeichert: {stored}."
        ),
        never="nie",
    ),
    notices=Notices(
        nearly_spent=(
            "Dieser Workspace hat {share} seines Anteils am Modell für heute verbraucht. Ist alles verbraucht, werden "
            "Quellen bis Mitternacht UTC zitiert, nicht verglichen. Wer diesen Bot betreibt, kann die Grenze anheben."
        ),
    ),
    installing=Installing(
        not_installed=(
            "Crosscheck ist in diesem Workspace nicht mehr installiert. Wer dessen Apps verwaltet, kann es wieder "
            "installieren."
        ),
        organisation_wide=(
            "Crosscheck wird in einem Workspace nach dem anderen installiert, nicht für eine ganze Organisation"
        ),
        later="Das geht gerade nicht. Installiert wurde nichts: Versuchen Sie es in einer Minute noch einmal.",
    ),
    typed=Typed(
        asking=(
            *("wer", "wen", "wem", "wessen", "was", "wann", "wo", "woher", "wohin", "warum", "weshalb", "wieso", "wie"),
            *("welche", "welcher", "welches", "welchen", "welchem", "wieviel", "wieviele"),
            *(
                "ist",
                "sind",
                "war",
                "waren",
                "hat",
                "haben",
                "hatte",
                "hatten",
                "gibt",
                "gab",
                "wird",
                "werden",
                "wurde",
            ),
        ),
        help=Phrase(words=("hilfe", "was kannst du", "was kannst du alles", "was können sie")),
        greetings=Phrase(
            words=(
                *("hallo", "hallöchen", "hi", "hey", "moin", "servus", "grüß gott", "grüezi"),
                *("guten morgen", "guten tag", "guten abend"),
            ),
            after=("zusammen", "alle", "allerseits", "leute", "team", "crosscheck", "bot"),
        ),
        thanks=Phrase(
            words=("danke", "dankeschön", "vielen dank", "besten dank", "herzlichen dank", "merci"),
            before=("ok", "okay", "super", "toll", "klasse", "prima", "perfekt", "gut", "alles klar", "ja"),
            after=("schön", "sehr", "dir", "ihnen", "nochmal", "nochmals", "vielmals", "alle", "crosscheck", "bot"),
        ),
        quiet=Phrase(
            words=("ruhe", "ruhig", "still", "leise", "psst", "hör auf", "hören sie auf", "nicht mehr zuhören"),
            before=("sei", "bitte sei", "seien sie", "bitte seien sie", "bleib", "bitte", "gib"),
            after=("bitte", "jetzt", "crosscheck", "bot"),
        ),
    ),
    times=Times(
        since="seit",
        news="was gibt es neues",
        new=(
            r"(?:und |also )?(?:was (?:gibt es|gibt['’]?s) (?:denn |sonst )?neues|was ist neu|"
            r"was hat sich (?:geändert|getan)|(?:gibt es )?(?:et|irgendet|irgend)?was neues|(?:gibt es )?neuigkeiten|"
            r"(?:die )?neuesten? (?:nachrichten|meldungen)|was habe? ich verpasst)"
        ),
        lasting=(
            r"\b(?:(?:in|innerhalb|während|aus) (?:den|der|des|dem)|im) (?:letzten|vergangenen) "
            r"(?:(?P<count>\d{1,3}|\w+) )?(?P<unit>stunde|tag|woche|monat)(?:en|n|e|s)?\b"
        ),
        happening=(
            r"\bwas (?:ist|hat sich|wurde|gibt es|gibt['’]?s) (?P<said>neues |neu )?(?P<day>heute|gestern|diese woche)"
            r"(?(said)| (?:neues|neu|passiert|geschehen|geändert|berichtet|gemeldet|veröffentlicht|erschienen))\b"
        ),
        begun=(
            r"\bseit (?:(?P<last>(?:letzt|vergangen)e[mnr] )|de[mnr] )?"
            r"(?P<first>\d{1,2}\.\d{1,2}(?:\.(?:\d{4})?)?|[\w-]+)\.?(?: (?P<second>\w+))?(?: (?P<year>\d{4}))?"
        ),
        numbers={
            "ein": 1,
            "eine": 1,
            "einem": 1,
            "einer": 1,
            "zwei": 2,
            "drei": 3,
            "vier": 4,
            "fünf": 5,
            "sechs": 6,
            "sieben": 7,
            "acht": 8,
            "neun": 9,
            "zehn": 10,
            "paar": 3,
        },
        hours={"stunde": 1, "tag": 24, "woche": 168, "monat": 720},
        today=("heute", "heute früh", "heute morgen"),
        yesterday=("gestern",),
        this_week=("diese woche", "dieser woche"),
        last_week=("woche",),
        # "So" for Sunday would be heard in "seit so vielen Jahren".
        short_weekdays=("mo", "di", "mi", "do", "fr", "sa", "son"),
    ),
)
