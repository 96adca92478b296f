//! What the archive says of itself.

/// For who sends it and for who receives it.
pub(super) const README: &str = "\
Causeway: report for a help desk
================================

What is in it
  versions.json        this program, the system, the desktop, and libraries that matter
  configuration.json   every setting in force and where it comes from; words of a status table only by their length
  check.json           the sign-in of both sides, step by step, at the moment of the report
  state.json           the links, what they went through lately with codes, and numbers of people;
                       null where no Causeway was running
  store.json           how much is stored, by kind and state
  logs/                what the resident program noted, at most ten files of two megabytes
  crashes/             where the program failed, if it ever did

What is not in it
  Passwords, tokens, cookies, texts of chats and notes. They are neither logged nor taken from the store.

Please look
  Addresses of people and names of servers ARE in it, because no fault can be found without them. The files are plain
  text: look through them before you send the report to somebody outside of your organisation. Nothing is sent by itself.


Causeway: Bericht für die Betreuung
===================================

Was darin ist
  versions.json        dieses Programm, das System, der Desktop und wichtige Bibliotheken
  configuration.json   jede geltende Einstellung und ihre Herkunft; Texte einer Statustabelle nur mit ihrer Länge
  check.json           die Anmeldung beider Seiten, Schritt für Schritt, im Augenblick des Berichts
  state.json           die Verbindungen, ihr jüngster Verlauf mit Codes, und Zahlen von Personen;
                       null, wenn kein Causeway lief
  store.json           wie viel gespeichert ist, nach Art und Zustand
  logs/                was das Programm notiert hat, höchstens zehn Dateien zu zwei Megabyte
  crashes/             wo das Programm versagt hat, falls das vorkam

Was nicht darin ist
  Kennwörter, Tokens, Cookies, Texte von Chats und Notizen. Sie werden weder protokolliert noch dem Speicher entnommen.

Bitte sehen Sie nach
  Adressen von Personen und Namen von Servern SIND darin, denn ohne sie lässt sich kein Fehler finden. Die Dateien sind
  reiner Text: Sehen Sie sie durch, bevor Sie den Bericht aus Ihrer Organisation hinausgeben. Nichts wird von selbst gesendet.
";
