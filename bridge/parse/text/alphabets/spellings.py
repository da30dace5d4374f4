"""The spelling of Latin languages: which letters stand before and after each non-ASCII one.

A dot is the beginning or end of a word. Counted in words of these languages; pairs that are missing
are not impossible, but nobody wrote them. Western languages share one table, as they share a code
page.
"""

WESTERN = """
ß aeiloruäö .abefghiklmnprstuvwz
à .bcdefghijlmnprstuv .bcfgilmnpqrstx
á .bcdefghijklmnprstuvyzéñþ .abcdefghiklmnprstuvxzð
â .celrtuvê .bcdghklmnpquv
ã cefhijklmnqrstvzçú .eosz
ä .bcdefghijklmnprstvwyzäö .abcdefghijklmnoprstuvxyßä
å .bcfghjlmnprstvå .abcdegiklmnoprstuvyå
æ .bcdfghijklmnprstuvþ .befghjklmnprstuvxð
ç .aceilnoprsuy .adefiouyãõ
è .abcdghijlmnqrstuv .abcdfgijlmnpqrstuvx
é .abcdfghijklmnoprstuvwxyzéïþ .abcdefghijklmnopqrstuvxzéð
ê .bcdfghiklmnprstuvwx .bcefgmnopqrstuvz
ë .abcdefghijklmnpqrstvz .acdefghijklmnoprstuvwz
ì .bcdghlmnprstuvz .dlnost
í .abcdfghjklmnoprstuvxyñüþ .abcdefgklmnopqrstuvxzðú
î abdefghmnotuv .cdeglmnrstv
ï adeghimnpsu .acdefghkmnoprstuvz
ð aefhiopruyáæéíóö .abdefghijkmnrsuv
ñ aeioru .aceijosuváí
ò .cdefghlmnpqrstux .bcdfghilmnprstvx
ó .bcdefghijklmnprstvyzñ .abcdfgiklmnprstuvxðþ
ô .bcdfghjmnprtv .cdefilnprstuv
õ .ahijklmnpstvxzãçõ dehijlnprstuõ
ö .abcdefghijklmnoprstvwyzöþ .abcdefghijklmnoprstvwxyßäðö
ø .bcdfghjklmnprstw .bcdefghjklmnoprstuvy
ù .dfhiloprstuv .abcgimnprstv
ú .abcdeghijklmnprstyíñþ .abcdegiklmnprstvxz
û bcdfhjmnors .bcgmrstv
ü .bcdefghklmnoprstvwxyzü .abcdefghklmnoprstvzíü
ý .ghjlmnrsvþ jlmnpstv
þ .abfuó .aeijorvyáæéíöúý
œ .bcfhlmnpsv cdilntu
š .ait aeiou
ž dl aei
"""
POLISH = """
ó .bcdfghjklmnprstwyzłż .bcdghjklmnprstwzłćśźż
ą bcdfghijklmnprstwzłż .bcdfghjklnpstwzłćśźż
ć aeiosuyóąęłśź .bkmnsw
ę bcdfghijklmnprstwzłż .bcdgklłpstzćśż
ł .abcdegikoprstuwyzóąęśż .abcdegikmnostuwyzóąćęśż
ń aeiouyó .bckmst
ś .adeijkouyóąę .bcklmnprwć
ź .adeioruyóę .bdlmnrwć
ż .adeikłoruyóąę .abcdegiklłmnorsuwyóąę
"""
CZECH_AND_SLOVAK = """
á .bdeghijklmnprstuvzčřž .bcdhjklmnprstvzďřš
ä mpv tčť
ç a a
é bdghklmnrtvz .cdhklmnrstuzčš
í .bcdfijlmnprstvzčřšž .bcdhjklmnprstvzčřšž
ó cdghiklnprtz bdnprt
ô dmnpv cjlstvž
ú .acdehjklmnstvyľ .bcdhklnprstvzčť
ü jp ak
ý bdhklmnrstv .bcdkmprstvšťž
č .abdeghijklmnoprtuvwyäéíú .aeiklnotuváíšů
ď .ajotuáž .amtu
ě bdmnptv .cdhjklmnprstzňřšž
ĺ d ž
ľ .adehkou .abknostuúš
ň .adeijlotvzě .adotu
ř .abdeikoptvyáíě .aeikoáíů
š .abdefghijklmnoprtuvwyzáéíýčěľšž .aeiklmnopstuvíšť
ť aceisyzäúýš .ao
ů bcdghjklmnprtvzčř .bdlmsvž
ž .adeijklmnoruyíôýěĺů .abcdeiknopstuáíďš
"""
HUNGARIAN = """
á .abdefghijklmnprstuvyz .abcdfghjklmnprstuvz
é .bcdefghijklmnprstvyzé .bcdghjklmnprstvzé
í .bcdegklmnprstvyz .bgklmnprtvz
ó .abdfghijklmnrstzó .abcdfghijklnoprstvzó
ö .bdfghjklmnrstvyz bdegklmnprstvz
ú .aghjlmprstyz .adgjlnrstz
ü .adfijklmnrstvyz .bdgklnrstz
ő .bdfglnrstvyz .bdefhijklmnoprstvz
ű .mnrstvxyz .bjklnrstvz
"""
ROMANIAN = """
â cfgkmprstvx imnrtzţ
é h .
î .cem lmnş
ă .bcdfghjlmnprstuvxzşţ .cdgilmnprstuzşţ
ş .aeioruîă .aeintuă
ţ .abceilnoprsuâă aeiuă
"""
CROATIAN_AND_SLOVENE = """
ç a a
ć .aeiouš .aeijnu
č .abdehijlnopruvš .abeijklnoruv
đ .aeioru aeiou
š .abdefgijklmnoprtuvz .aceiklmnoprtuvćč
ž .adeiloru .abdeinopu
"""
TURKISH = """
ç .abehiklnoprstuçüış̇ .abdeilmortuyçöüı
ö .bdgkmnstyçö .klnrstvyzöğ
ü .abcdghklmnprstvxyzçğş .bcdeklmnprstvyzçğş
ğ aeinoruyöüı .aeilmoruüı
ı .abcdfghjklmnpqrstxyzçğş .bcdfklmnpqrstxyzçğş
ş .aeiknortuxyüı̇ .adeiklmnoqtuyçüı
"""
LITHUANIAN = """
ą bdgijklmnprstš .jnrsž
č .aeinosuyšū aeiou
ė bcdgiklmnprstvzšž .cdijklmnprstvž
ę bdgjlmnprstvz .s
į .dejklnprstš .dgjkrstvž
š .aeikmnrtuy .adefijklmnopstuvyąčėįų
ū bcdgijklmprtv .dknrstzčž
ų .bdfghijklmnprstvzš .js
ž .adeilpruąėįū .adegikmnoprstuvyė
"""
LATVIAN = """
å m l
ā .bcdeghijklmnprstuvzņšž .abcdfijklmnprstvzļņŗš
č .aeinu aeiouī
ē .abcdfghjlmnprstuvzģķņš .cdgjklmnprstzģļņš
ģ .eiēļž eiuēī
ī .bcdgklmnprstvzčģķšž .bcdgjklmnprstvzņš
ķ .aeoš aeiuēī
ļ aegkotuāē .aciksuģšū
ņ .adeikotuzāēī aeijouāēš
ŗ ā v
š .aegiklmnoruāēīļņū .adeiklnoprstuvāēīķ
ū bijlmnprstļž dgklnrstvš
ž .adel aiouāģīū
"""
