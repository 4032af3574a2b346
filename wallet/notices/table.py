"""The one table of what notices say.

Kind of event: the title and the bodies in Korean, then in English. The first body whose facts are
all there is taken, so that an event which tells less still makes a sentence.
"""

from __future__ import annotations

Words = tuple[str, ...]

TEXTS: dict[str, tuple[Words, Words]] = {
    "transfer.sent": (
        ("송금 완료", "{counterparty}님에게 {amount} 보냈습니다.", "{amount} 보냈습니다."),
        ("Transfer sent", "You sent {amount} to {counterparty}.", "You sent {amount}."),
    ),
    "transfer.received": (
        ("송금 도착", "{counterparty}님이 {amount} 보냈습니다.", "{amount} 받았습니다."),
        ("Transfer received", "{counterparty} sent you {amount}.", "You received {amount}."),
    ),
    "transfer.scheduled": (
        ("예약 송금", "{amount} 송금을 예약했습니다."),
        ("Transfer scheduled", "A transfer of {amount} is scheduled."),
    ),
    "transfer.failed": (
        ("예약 송금 실패", "예약한 {amount} 송금에 실패했습니다."),
        ("Transfer failed", "Your scheduled transfer of {amount} failed."),
    ),
    "claim.opened": (
        ("송금 링크", "{amount} 받을 수 있는 링크를 만들었습니다."),
        ("Link made", "A link to {amount} is waiting to be taken."),
    ),
    "claim.claimed": (
        ("송금 링크 완료", "링크의 {amount} 전달되었습니다."),
        ("Link taken", "The {amount} of a link was taken."),
    ),
    "claim.returned": (
        ("송금 링크 반환", "{amount} 받는 사람이 없어 돌아왔습니다."),
        ("Link returned", "Nobody took the {amount} of your link: it came back."),
    ),
    "request.received": (
        ("송금 요청", "{counterparty}님이 {amount} 요청했습니다.", "{amount} 요청이 있습니다."),
        ("Request", "{counterparty} asks you for {amount}.", "You are asked for {amount}."),
    ),
    "request.paid": (
        ("요청 완료", "요청한 {amount} 받았습니다."),
        ("Request paid", "Your request for {amount} was paid."),
    ),
    "request.declined": (
        ("요청 거절", "{amount} 요청이 거절되었습니다."),
        ("Request declined", "Your request for {amount} was declined."),
    ),
    "top_up.settled": (
        ("충전 완료", "{amount} 충전되었습니다."),
        ("Top-up complete", "{amount} was added to your wallet."),
    ),
    "top_up.failed": (
        ("충전 실패", "{amount} 충전에 실패했습니다."),
        ("Top-up failed", "Your top-up of {amount} failed."),
    ),
    "top_up.reversed": (
        ("충전 취소", "{amount} 충전이 취소되었습니다."),
        ("Top-up taken back", "Your top-up of {amount} was taken back."),
    ),
    "auto_top_up.paused": (
        ("자동 충전 중지", "충전에 여러 번 실패하여 자동 충전을 멈췄습니다."),
        ("Automatic top-up paused", "It failed several times and was paused."),
    ),
    "payment.succeeded": (
        ("결제 완료", "{counterparty}에서 {amount} 결제했습니다.", "{amount} 결제했습니다."),
        ("Payment complete", "You paid {amount} at {counterparty}.", "You paid {amount}."),
    ),
    "payment.refunded": (
        ("환불", "{counterparty}에서 {amount} 환불했습니다.", "{amount} 환불되었습니다."),
        ("Refund", "{counterparty} refunded {amount}.", "{amount} was refunded."),
    ),
    "dispute.opened": (
        (
            "이의 신청",
            "{counterparty} 결제 {amount}에 대한 이의를 접수했습니다.",
            "이의를 접수했습니다.",
        ),
        (
            "Dispute received",
            "You contest {amount} paid at {counterparty}.",
            "You contest {amount}.",
        ),
    ),
    "dispute.answered": (
        ("이의 신청 답변", "{counterparty}에서 이의 신청에 답변했습니다.", "답변이 왔습니다."),
        ("Dispute answered", "{counterparty} answered your dispute.", "It was answered."),
    ),
    "dispute.upheld": (
        (
            "이의 신청 인정",
            "{counterparty} 결제 {amount} 돌려드렸습니다.",
            "{amount} 돌려드렸습니다.",
        ),
        (
            "Dispute upheld",
            "{amount} paid at {counterparty} is yours again.",
            "{amount} is yours again.",
        ),
    ),
    "dispute.rejected": (
        (
            "이의 신청 기각",
            "{counterparty} 결제에 대한 이의가 받아들여지지 않았습니다.",
            "받아들여지지 않았습니다.",
        ),
        (
            "Dispute rejected",
            "Your dispute with {counterparty} was not upheld.",
            "It was not upheld.",
        ),
    ),
    "dispute.withdrawn": (
        (
            "이의 신청 취하",
            "{counterparty} 결제에 대한 이의를 취하했습니다.",
            "이의를 취하했습니다.",
        ),
        (
            "Dispute withdrawn",
            "You took your dispute with {counterparty} back.",
            "You took it back.",
        ),
    ),
    "withdrawal.sent": (
        ("출금 접수", "{amount} 출금을 은행에 보냈습니다."),
        ("Withdrawal on its way", "Your withdrawal of {amount} is with the bank."),
    ),
    "withdrawal.confirmed": (
        ("출금 완료", "{amount} 출금되었습니다."),
        ("Withdrawal complete", "{amount} was paid to your bank account."),
    ),
    "withdrawal.returned": (
        ("출금 반환", "{amount} 지갑으로 돌아왔습니다."),
        ("Withdrawal returned", "{amount} came back to your wallet."),
    ),
    "wallet.frozen": (
        ("지갑 정지", "지갑이 정지되었습니다. 본인이 아니면 바로 연락해 주세요."),
        ("Wallet frozen", "Your wallet was frozen. If this was not you, contact us at once."),
    ),
    "wallet.unfrozen": (
        ("지갑 정지 해제", "지갑을 다시 쓸 수 있습니다."),
        ("Wallet in use again", "Your wallet can be used again."),
    ),
    "wallet.closed": (
        ("지갑 해지", "지갑이 해지되었습니다."),
        ("Wallet closed", "Your wallet was closed."),
    ),
    "pin.locked": (
        ("PIN 잠김", "PIN을 여러 번 잘못 입력하여 잠겼습니다."),
        ("PIN locked", "Your PIN was locked after too many wrong tries."),
    ),
    "pin.changed": (
        ("PIN 변경", "PIN이 변경되었습니다. 본인이 아니면 바로 연락해 주세요."),
        ("PIN changed", "Your PIN was changed. If this was not you, contact us at once."),
    ),
    "device.revoked": (
        ("기기 해제", "등록된 기기 하나를 더 이상 쓸 수 없습니다."),
        ("Device revoked", "One of your devices cannot confirm anything any more."),
    ),
    "password.changed": (
        ("비밀번호 변경", "비밀번호가 바뀌었고 다른 기기에서는 로그아웃되었습니다."),
        ("Password changed", "Your password was changed; all other sessions ended."),
    ),
    "device.bound": (
        ("기기 등록", "새 기기가 등록되었습니다. 본인이 아니면 바로 연락해 주세요."),
        ("Device added", "A device was added. If this was not you, contact us at once."),
    ),
}
OTHER: tuple[Words, Words] = (
    ("알림", "지갑에 새로운 소식이 있습니다."),
    ("News", "There is news about your wallet."),
)
# What somebody who has taken a wallet over would rather the holder did not read: sent by text
# message, whatever the preferences say.
URGENT = frozenset(
    {
        "wallet.frozen",
        "wallet.closed",
        "pin.locked",
        "pin.changed",
        "device.bound",
        "password.changed",
    }
)
