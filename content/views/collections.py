"""Collections over REST."""

import functools

from django.http import HttpResponse
from rest_framework.request import Request

from content.actions import collections
from content.cards import CollectionCard, PostCard
from content.errors import CollectionFull, NotYourCollection, TooManyCollections
from content.selectors.collections import (
    collections_on_profile,
    get_collection,
    own_collections,
    posts_in_collection,
)
from content.serializers import CollectionChanges, CollectionInput
from grover.core.conditional import check_if_match
from grover.core.errors import Conflict
from grover.core.schema import operation
from grover.core.views import ApiViewSet


class CollectionViewSet(ApiViewSet):
    """Posts put together under a title."""

    public = frozenset({"retrieve", "of_person"})

    @operation("List one's collections", page_of=CollectionCard)
    def list(self, request: Request) -> HttpResponse:
        return self.answer_page(own_collections(self.viewer, self.page_request()))

    @operation(
        "Begin a collection",
        description="Nobody else sees it unless it is public.",
        body=CollectionInput,
        card=CollectionCard,
        status=201,
        errors=(TooManyCollections,),
    )
    def create(self, request: Request) -> HttpResponse:
        card = collections.create_collection(self.viewer, **self.read(CollectionInput))
        return self.answer(card, status=201, location=f"/api/v1/collections/{card.id}")

    @operation("Read a collection", card=CollectionCard, conditional=True)
    def retrieve(self, request: Request, collection_id: str) -> HttpResponse:
        return self.answer_resource(get_collection(self.viewer, self.path_id(collection_id)))

    @operation(
        "Edit a collection",
        body=CollectionChanges,
        card=CollectionCard,
        errors=(NotYourCollection,),
        conditional=True,
    )
    def partial_update(self, request: Request, collection_id: str) -> HttpResponse:
        card = collections.edit_collection(
            self.viewer,
            collection_id=self.path_id(collection_id),
            changes=self.read(CollectionChanges, partial=True),
            precondition=functools.partial(check_if_match, request),
        )
        return self.answer(card)

    @operation(
        "Delete a collection", description="The posts in it stay.", errors=(NotYourCollection, Conflict)
    )
    def destroy(self, request: Request, collection_id: str) -> HttpResponse:
        collections.delete_collection(self.viewer, collection_id=self.path_id(collection_id))
        return self.no_content()

    @operation("List somebody's collections", page_of=CollectionCard)
    def of_person(self, request: Request, user: str) -> HttpResponse:
        return self.answer_page(collections_on_profile(self.viewer, user, self.page_request()))


class CollectionPostViewSet(ApiViewSet):
    """The posts in a collection."""

    public = frozenset({"list"})

    @operation("List the posts in a collection", description="The last put in first.", page_of=PostCard)
    def list(self, request: Request, collection_id: str) -> HttpResponse:
        page = posts_in_collection(self.viewer, self.path_id(collection_id), self.page_request())
        return self.answer_page(page)

    @operation(
        "Put a post into a collection",
        card=CollectionCard,
        errors=(NotYourCollection, CollectionFull, Conflict),
    )
    def set(self, request: Request, collection_id: str, post_id: str) -> HttpResponse:
        card = collections.collect(
            self.viewer, collection_id=self.path_id(collection_id), post_id=self.path_id(post_id)
        )
        return self.answer(card)

    @operation("Take a post out of a collection", card=CollectionCard, errors=(NotYourCollection,))
    def clear(self, request: Request, collection_id: str, post_id: str) -> HttpResponse:
        card = collections.uncollect(
            self.viewer, collection_id=self.path_id(collection_id), post_id=self.path_id(post_id)
        )
        return self.answer(card)


class CollectionFollowViewSet(ApiViewSet):
    """Following the collections of others."""

    @operation("Follow a collection", card=CollectionCard, errors=(Conflict,))
    def set(self, request: Request, collection_id: str) -> HttpResponse:
        card = collections.follow_collection(self.viewer, collection_id=self.path_id(collection_id))
        return self.answer(card)

    @operation("Follow a collection no longer", card=CollectionCard, errors=(Conflict,))
    def clear(self, request: Request, collection_id: str) -> HttpResponse:
        card = collections.unfollow_collection(self.viewer, collection_id=self.path_id(collection_id))
        return self.answer(card)
