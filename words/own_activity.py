"""What was done with an account, as its owner reads it: codes of the audit, and of cases, in words."""

from __future__ import annotations

from rules.support import CLOSED, NOT_ME, OPEN, PHISHING, TAKEN
from words.gettext import N_, _

DONE: dict[str, str] = {
    "account.register": N_("You registered"),
    "account.password": N_("Your password was typed"),
    "account.sign_in": N_("You signed in"),
    "account.step_up": N_("You showed again that it is you"),
    "account.sign_out": N_("You signed out"),
    "account.end_session": N_("A browser was signed out"),
    "account.change_password": N_("Your password was changed"),
    "account.new_codes": N_("New one-time codes were made"),
    "account.codes_kept": N_("The new one-time codes were put away"),
    "account.confirm_app": N_("An authenticator app was set up"),
    "account.add_factor": N_("A way to sign in was added"),
    "account.name_factor": N_("A way to sign in got another name"),
    "account.factor_code": N_("A code to sign in was sent to your phone"),
    "account.end_factor": N_("A way to sign in was taken away"),
    "account.preferences": N_("Your name or text size was changed"),
    "account.address_add": N_("A code was sent to a new address"),
    "account.address_confirm": N_("A new address was confirmed"),
    "account.address_remove": N_("An address was taken away"),
    "account.address_stop": N_("A change of address was taken back with the link of a message"),
    "account.change": N_("Something was to be changed"),
    "account.not_me": N_("You told us: this wasn’t me"),
    "account.phishing": N_("You told us about a message that may not be ours"),
    "account.case_take": N_("Our support team took on what you told us"),
    "account.case_look": N_("Our support team looked at your sign-ins"),
    "account.case_note": N_("Our support team wrote a note about what you told us"),
    "account.case_close": N_("Our support team finished with what you told us"),
    "account.unlock": N_("Our support team opened changes to your account again"),
    "account.recovery_start": N_("A way back into your account was begun"),
    "account.recovery_stop": N_("A way back into your account was stopped with the link of a message"),
    "account.recovery_code": N_("The code of a way back into your account was typed"),
    "account.recovery_password": N_("A new password was chosen on a way back into your account"),
    "account.recovered": N_("You came back into your account with a new authenticator app"),
    "account.reset_password": N_("A new password was set with the link of a message"),
    "system.recover": N_("A message was sent about a way back into your account"),
    "share.invite": N_("You invited somebody to help"),
    "share.renew": N_("You sent an invitation anew"),
    "share.withdraw": N_("You took an invitation back"),
    "share.accept": N_("You said yes to an invitation"),
    "share.decline": N_("You said no to an invitation"),
    "share.change": N_("You changed what somebody can see and do"),
    "share.end": N_("You ended somebody’s help"),
    "share.leave": N_("You stopped helping somebody"),
    "staff.code_check": N_("The code to set up your account was typed"),
    "staff.enroll": N_("Your password was set"),
    "staff.confirm_app": N_("An authenticator app was set up"),
    "system.staff_add": N_("Your account was made"),
    "system.staff_code": N_("A code to set up your account was made"),
    "system.staff_link": N_("It was noted whether you have a patient login too"),
    "system.staff_disable": N_("Your account was shut"),
    "system.staff_enable": N_("Your account was opened again"),
    "system.duty_give": N_("You were given a duty"),
    "system.duty_end": N_("A duty of yours was ended"),
}
"""Every code with which something is done to an account, or about who helps."""
REFUSED: dict[str, str] = {
    "account.password": N_("A wrong password was typed"),
    "account.sign_in": N_("A wrong code was typed to sign in"),
    "account.step_up": N_("A wrong code was typed to show that it is you"),
    "account.confirm_app": N_("A wrong code was typed to set up an app"),
    "account.address_confirm": N_("A wrong code was typed for a new address"),
    "account.change": N_("A change was refused, since changes are locked"),
    "account.recovery_code": N_("A wrong code of a way back into your account was typed"),
    "account.recovered": N_("A wrong code was typed on a way back into your account"),
    "staff.code_check": N_("A code to set up your account was refused"),
    "staff.confirm_app": N_("A wrong code was typed to set up an app"),
}
"""The same where it came to nothing; of others it is said that it was refused."""
BY_OTHERS: dict[str, str] = {
    "login.recover": N_("Our staff began a way back into your account"),
    "login.stop_recovery": N_("Our staff stopped a way back into your account"),
    "login.end_sessions": N_("Our staff signed all your browsers out"),
    "login.freeze": N_("Our staff froze your account"),
    "login.unfreeze": N_("Our staff opened your account again"),
    "share.invite": N_("Somebody was invited to help you"),
    "share.renew": N_("An invitation to help you was sent anew"),
    "share.withdraw": N_("An invitation to help you was taken back"),
    "share.accept": N_("Somebody said yes to an invitation, and helps you now"),
    "share.decline": N_("Somebody said no to an invitation"),
    "share.change": N_("What somebody can see and do for you was changed"),
    "share.end": N_("Somebody’s help for you was ended"),
    "share.leave": N_("Somebody stopped helping you"),
}
"""What somebody else did about the reader's own record: with their sign-in there, or with who helps."""
WITH = {
    "app": N_("With an authenticator app."), "codes": N_("With a one-time code."), "passkey": N_("With a passkey."),
    "key": N_("With a security key."), "sms": N_("With a code by text message."), "voice": N_("With a code by phone call."),
}  # fmt: skip
UNKNOWN = N_("Something was done with your account")
KINDS = {NOT_ME: N_("This wasn’t me"), PHISHING: N_("A message that may not be ours")}
STATES = {
    OPEN: ("wait", N_("Waiting for us")), TAKEN: ("wait", N_("We are working on it")), CLOSED: ("ok", N_("Done")),
}  # fmt: skip
OUTCOMES = {
    "theirs": N_("It was you after all. You can change things again."),
    "safe": N_("We made sure that it is you. You can change things again."),
    "frozen": N_("The account is closed until you come to us."),
    "fake": N_("The message was not from us."), "ours": N_("The message was from us."),
    "unclear": N_("We could not find out who sent it."),
}
TO_CHOOSE = {
    "theirs": N_("It was the patient after all: open changes again"),
    "safe": N_("Somebody else was there, and we spoke with the patient: open changes again"),
    "frozen": N_("The account is to be frozen: changes stay locked"),
    "fake": N_("The message was not from us"), "ours": N_("The message was from us"),
    "unclear": N_("We cannot tell"),
}
"""The same, as the member of staff who closes a case reads it."""
CAME_AS = {
    "email": N_("By email"), "sms": N_("As a text message"), "call": N_("By phone"), "letter": N_("By post"),
    "page": N_("A page on the internet"), "other": N_("In another way"),
}  # fmt: skip


def said(action: str, refused: bool, own: bool = True) -> str:
    """`own`: the reader did it, or it was done with their account; else it is about help with their record."""
    if refused and action in REFUSED:
        return _(REFUSED[action])
    found = DONE.get(action, UNKNOWN) if own else BY_OTHERS.get(action, DONE.get(action, UNKNOWN))
    words = _(found)
    return _("%(what)s: refused", what=words) if refused else words
