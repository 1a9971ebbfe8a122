"""Drives the real huggingface_hub client against the sandbox's Hub.

Calls every method that the Hub card names and this client still has, and checks what comes back.
HF_ENDPOINT names the emulator; its world is the default one, untouched. The last line of a run that
went well says how many methods it called, so that a run that did nothing is none that went well.
"""

import itertools

from huggingface_hub import HfApi, __version__
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError

# The methods the card names, in its order, and the one that only its body has.
CARD_METHODS = """
get_user_overview list_liked_repos whoami get_token_permission
list_user_followers list_user_following
get_organization_overview list_organization_members list_organization_followers
create_discussion create_pull_request get_discussion_details get_repo_discussions
comment_discussion edit_discussion_comment hide_discussion_comment change_discussion_status
list_pending_access_requests list_accepted_access_requests list_rejected_access_requests
accept_access_request cancel_access_request reject_access_request grant_access
get_collection create_collection list_collections delete_collection
add_collection_item delete_collection_item update_collection_item update_collection_metadata
like unlike auth_check
""".split()

# Left out of the client since: `like` after 0.27, `get_token_permission` after 0.36.
GONE = {"like", "get_token_permission"}

AURORA = "lumen-labs/aurora-7b"
QUIET = "lumen-labs/quiet-repo"
GATED = "ada-moreau/gated-mini"


class Recorded:
    """The client's API, noting which of its methods are called."""

    def __init__(self, token):
        self.api = HfApi(token=token)
        self.called = set()

    def __getattr__(self, name):
        self.called.add(name)
        return getattr(self.api, name)


def refused(status, kind, call, *args, **kwargs):
    """Checks that a call fails with this status, as this kind of error."""
    try:
        call(*args, **kwargs)
    except kind as error:
        assert error.response.status_code == status, error
        return error
    raise AssertionError(f"expected {status}")


def people(ada, kenji):
    me = ada.whoami()
    assert me["name"] == "ada-moreau" and me["auth"]["accessToken"]["role"] == "write", me
    assert [org["name"] for org in me["orgs"]] == ["lumen-labs"], me

    user = ada.get_user_overview("ada-moreau")
    assert (user.num_likes, user.num_followers, user.num_discussions) == (46, 30, 11), user
    assert user.orgs[0].fullname == "Lumen Labs", user.orgs
    refused(404, HfHubHTTPError, ada.get_user_overview, "lumen-labs")

    likes = ada.list_liked_repos("ada-moreau")
    assert likes.total == 46 and likes.models[0] == AURORA, likes
    assert likes.spaces == ["ada-moreau/aurora-chat"], likes

    followers = list(ada.list_user_followers("ada-moreau"))
    assert len(followers) == 30 and followers[0].username == "kenji-watts", followers[:2]
    following = [user.username for user in ada.list_user_following("ada-moreau")]
    assert following == ["kenji-watts", "priya-ramanan", "nadia-okaforo"], following

    org = ada.get_organization_overview("lumen-labs")
    assert (org.fullname, org.num_users, org.num_followers) == ("Lumen Labs", 3, 621), org
    members = [user.username for user in ada.list_organization_members("lumen-labs")]
    assert members == ["ada-moreau", "priya-ramanan", "nadia-okaforo"], members
    followers = [user.username for user in ada.list_organization_followers("lumen-labs")]
    assert len(followers) == len(set(followers)) == 621, len(followers)
    assert (followers[0], followers[-1]) == ("reader-0001", "kenji-watts"), followers[-1]

    assert kenji.list_liked_repos().models == [AURORA]
    kenji.unlike(AURORA)
    assert kenji.list_liked_repos().total == 0


def discussions(ada, kenji):
    every = list(ada.get_repo_discussions(AURORA))
    assert [discussion.num for discussion in every] == list(range(63, 0, -1))
    requests = list(ada.get_repo_discussions(AURORA, discussion_type="pull_request"))
    assert len(requests) == 12 and all(request.is_pull_request for request in requests)
    closed = list(ada.get_repo_discussions(AURORA, discussion_status="closed"))
    assert {discussion.status for discussion in closed} == {"closed", "merged"}, closed
    of_kenji = list(ada.get_repo_discussions(AURORA, author="kenji-watts"))
    assert [discussion.num for discussion in of_kenji[:2]] == [62, 56], of_kenji[:2]
    assert list(ada.get_repo_discussions(AURORA, author="nobody-here")) == []
    moved = list(ada.get_repo_discussions("aurora"))
    assert len(moved) == 63 and moved[0].repo_id == AURORA, moved[0]

    merged = ada.get_discussion_details(AURORA, 54)
    assert merged.status == "merged" and merged.target_branch == "refs/heads/main", merged
    assert merged.merge_commit_oid and merged.conflicting_files == [], merged
    assert merged.diff.startswith("diff --git"), merged.diff
    assert [event.type for event in merged.events] == ["comment", "commit"], merged.events

    opened = ada.create_discussion(QUIET, "Two BOS tokens", description="`add_bos_token` twice.")
    assert (opened.num, opened.status, opened.author) == (1, "open", "ada-moreau"), opened
    assert opened.events[0].content == "`add_bos_token` twice.", opened.events
    draft = ada.create_pull_request(QUIET, "Fix BOS token")
    assert (draft.num, draft.status, draft.is_pull_request) == (2, "draft", True), draft
    assert draft.git_reference == "refs/pr/2", draft

    comment = kenji.comment_discussion(QUIET, 1, "I see the same with **v2**.")
    assert (comment.author, comment.edited) == ("kenji-watts", False), comment
    edited = kenji.edit_discussion_comment(QUIET, 1, comment.id.upper(), "The same with **v2.1**.")
    assert edited.edited and edited.content == "The same with **v2.1**.", edited
    refused(403, HfHubHTTPError, kenji.change_discussion_status, QUIET, 1, "closed")
    hidden = ada.hide_discussion_comment(QUIET, 1, comment.id)
    assert hidden.hidden and "v2.1" not in hidden.content, hidden

    change = ada.change_discussion_status(QUIET, 1, "closed", comment="Fixed.")
    assert change.new_status == "closed", change
    now = ada.get_discussion_details(QUIET, 1)
    assert now.status == "closed", now
    kinds = [event.type for event in now.events]
    assert kinds == ["comment", "comment", "comment", "status-change"], kinds
    published = ada.change_discussion_status(QUIET, 2, "open")
    assert published.new_status == "open", published


def access(ada, kenji):
    def names(requests):
        return sorted(request.username for request in requests)

    pending = list(ada.list_pending_access_requests(GATED))
    assert names(pending) == ["kenji-watts", "tomas-lindqvist"], pending
    assert pending[0].fields["Country"] == "JP", pending[0]
    assert pending[0].email == "kenji-watts@example.org", pending[0]
    assert names(ada.list_accepted_access_requests(GATED)) == ["priya-ramanan"]
    assert names(ada.list_rejected_access_requests(GATED)) == ["leo-ferrantino"]
    refused(403, HfHubHTTPError, lambda: list(kenji.list_pending_access_requests(GATED)))

    refused(403, GatedRepoError, kenji.auth_check, GATED)
    ada.accept_access_request(GATED, "kenji-watts")
    kenji.auth_check(GATED)
    refused(404, HfHubHTTPError, ada.accept_access_request, GATED, "kenji-watts")
    ada.cancel_access_request(GATED, "kenji-watts")
    refused(403, GatedRepoError, kenji.auth_check, GATED)
    ada.reject_access_request(GATED, "kenji-watts", rejection_reason="Please ask again.")
    assert names(ada.list_rejected_access_requests(GATED)) == ["kenji-watts", "leo-ferrantino"]
    ada.grant_access(GATED, "nadia-okaforo")
    assert names(ada.list_accepted_access_requests(GATED)) == ["nadia-okaforo", "priya-ramanan"]
    refused(400, HfHubHTTPError, ada.grant_access, QUIET, "nadia-okaforo")


def collections(ada, kenji):
    public = list(ada.list_collections(owner="lumen-labs"))
    assert len(public) == 12 and public[0].title == "Aurora 7B family", public[:1]
    assert len(public[0].items) == 4, public[0].items
    three = itertools.islice(ada.list_collections(item=f"models/{AURORA}", limit=3), 3)
    assert len(list(three)) == 3
    own = [collection.title for collection in ada.list_collections(owner="ada-moreau")]
    assert own == ["Reading list", "Private scratch"], own
    assert [c.title for c in kenji.list_collections(owner="ada-moreau")] == ["Reading list"]

    family = ada.get_collection(public[0].slug)
    kinds = [item.item_type for item in family.items]
    assert kinds == ["model", "model", "dataset", "space", "paper"], kinds
    assert family.items[0].note == "Base checkpoint", family.items[0]

    made = ada.create_collection("To evaluate", namespace="ada-moreau", description="Soon")
    again = ada.create_collection("To evaluate", namespace="ada-moreau", exists_ok=True)
    assert again.slug == made.slug, again.slug
    refused(409, HfHubHTTPError, ada.create_collection, "To evaluate", namespace="ada-moreau")
    for item, kind in ((AURORA, "model"), ("lumen-labs/harbor-corpus", "dataset")):
        filled = ada.add_collection_item(made.slug, item, kind, note="Check the license")
    assert [item.item_id for item in filled.items] == [AURORA, "lumen-labs/harbor-corpus"]
    refused(403, HfHubHTTPError, kenji.add_collection_item, made.slug, "2603.01234", "paper")
    first, second = filled.items
    ada.update_collection_item(made.slug, second.item_object_id, note="First", position=0)
    ada.delete_collection_item(made.slug, first.item_object_id)
    left = ada.get_collection(made.slug).items
    assert [(item.item_id, item.note) for item in left] == [(second.item_id, "First")], left
    renamed = ada.update_collection_metadata(made.slug, title="Evaluated", theme="pink")
    assert (renamed.title, renamed.theme) == ("Evaluated", "pink"), renamed
    assert ada.update_collection_metadata(made.slug, position=0).position == 0
    assert renamed.slug != made.slug and ada.get_collection(made.slug).title == "Evaluated"
    ada.delete_collection(renamed.slug)
    refused(404, HfHubHTTPError, ada.get_collection, made.slug)


def main():
    ada, kenji = Recorded("hf_test_write_ada"), Recorded("hf_test_write_kenji")
    for part in (people, discussions, access, collections):
        part(ada, kenji)
    there = {name for name in CARD_METHODS if hasattr(HfApi, name)}
    assert there == set(CARD_METHODS) - GONE, sorted(set(CARD_METHODS) - there)
    called = (ada.called | kenji.called) & there
    assert called == there, sorted(there - called)
    print(f"huggingface_hub {__version__}: {len(called)} methods")


if __name__ == "__main__":
    main()
