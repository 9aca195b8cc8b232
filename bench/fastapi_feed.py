"""The home feed written by hand, to compare with: FastAPI, asyncpg and orjson, and no ORM.

It answers the same JSON from the same tables, and does what a good engineer does who has only this one
endpoint to write: one statement for the whole page, prepared once on each connection, that takes the
newest few posts of each author from the index; rows go straight into the answer. The benchmark refuses
to compare the two unless their pages are equal.
"""

import base64
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
import jwt
import orjson
from fastapi import Depends, FastAPI, Header, HTTPException, Query, Request, Response

SIGNING_KEY = os.environ["BENCH_SIGNING_KEY"]
DATABASE_URL = os.environ["BENCH_DATABASE_URL"]

KINDS = ("like", "love", "wow", "sad", "angry", "care", "haha", "dislike")
LAST_ID = uuid.UUID(int=2**128 - 1)
AS_JSON = orjson.OPT_UTC_Z

FEED = f"""
    WITH author AS (
        SELECT $1::uuid AS id
        UNION ALL
        SELECT follow.target_id
        FROM accounts_relation AS follow
        JOIN accounts_user AS followed ON followed.id = follow.target_id
        WHERE follow.source_id = $1 AND follow.kind = 'follow' AND followed.status = 'active'
          AND NOT EXISTS (
              SELECT FROM accounts_relation AS mute
              WHERE mute.source_id = $1 AND mute.target_id = follow.target_id AND mute.kind = 'mute'
          )
    ), newest AS (
        SELECT recent.id
        FROM author
        CROSS JOIN LATERAL (
            SELECT own.id
            FROM content_post AS own
            WHERE own.author_id = author.id AND own.id < $2
              AND (own.visibility <> 'private' OR own.author_id = $1)
            ORDER BY own.id DESC
            LIMIT $3
        ) AS recent
        ORDER BY recent.id DESC
        LIMIT $3
    )
    SELECT post.id, post.text, post.visibility, post.preview_text, post.content_warning, post.reply_policy,
           post.pinned_at, post.created_at, post.edited_at, post.media_ids, post.entities, post.category,
           post.location, post.community_id, post.quote_of_id, post.repost_count, post.quote_count,
           post.reaction_count, {", ".join(f"post.{kind}_count" for kind in KINDS)},
           post.comment_count, post.save_count, post.view_count,
           person.id AS author_id, person.username, person.display_name, person.avatar_id,
           person.is_verified, reaction.kind AS reaction, saved.id IS NOT NULL AS is_saved,
           reposted.id IS NOT NULL AS is_reposted,
           image.rows AS media
    FROM newest
    JOIN content_post AS post ON post.id = newest.id
    JOIN accounts_user AS person ON person.id = post.author_id
    LEFT JOIN content_postreaction AS reaction
        ON reaction.post_id = post.id AND reaction.user_id = $1
    LEFT JOIN content_savedpost AS saved ON saved.post_id = post.id AND saved.user_id = $1
    LEFT JOIN content_repost AS reposted ON reposted.post_id = post.id AND reposted.user_id = $1
    LEFT JOIN LATERAL (
        SELECT array_agg(
            (media.id::text, media.kind, media.state, media.content_type, media.size, media.width,
             media.height, media.duration, media.failure, media.blurhash, media.alt_text,
             media.file_name, media.variants, media.rendition, media.created_at)
            ORDER BY wanted.place
        ) AS rows
        FROM jsonb_array_elements_text(post.media_ids) WITH ORDINALITY AS wanted(id, place)
        JOIN media_media AS media ON media.id = wanted.id::uuid
    ) AS image ON post.media_ids <> '[]'
    ORDER BY post.id DESC
"""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep a pool of connections while the server runs."""
    async with asyncpg.create_pool(DATABASE_URL, min_size=4, max_size=10, init=_set_up) as pool:
        app.state.pool = pool
        yield


async def _set_up(connection: Any) -> None:
    """Take ids as the texts they are sent as, and JSON as what it says."""
    await connection.set_type_codec("uuid", schema="pg_catalog", encoder=str, decoder=str)
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + orjson.dumps(value),
        decoder=lambda value: orjson.loads(value[1:]),
    )


app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)


async def signed_in(authorization: Annotated[str, Header()] = "") -> uuid.UUID:
    """Verify the access token and give whose it is."""
    try:
        claims = jwt.decode(
            authorization.removeprefix("Bearer "), SIGNING_KEY, algorithms=["HS256"], issuer="grover"
        )
        return uuid.UUID(claims["sub"])
    except (jwt.PyJWTError, KeyError, ValueError) as error:
        raise HTTPException(401, "The access token is not valid or has expired") from error


@app.get("/api/v1/feed")
async def feed(
    request: Request,
    viewer_id: Annotated[uuid.UUID, Depends(signed_in)],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: str | None = None,
) -> Response:
    """Answer a page of the home feed."""
    before = LAST_ID if cursor is None else _read_cursor(cursor)
    rows = await request.app.state.pool.fetch(FEED, viewer_id, before, limit + 1)
    following = None
    if len(rows) > limit:
        rows = rows[:limit]
        following = str(request.url.include_query_params(cursor=_write_cursor(uuid.UUID(rows[-1]["id"]))))
    document = {"results": [_post(row) for row in rows], "next": following}
    return Response(orjson.dumps(document, option=AS_JSON), media_type="application/json")


def _post(row: Any) -> dict[str, Any]:
    avatar_id = row["avatar_id"]
    return {
        "id": row["id"],
        "state": "published",
        "failure": None,
        "publish_at": None,
        "author": {
            "id": row["author_id"],
            "username": row["username"],
            "display_name": row["display_name"],
            "avatar_url": None if avatar_id is None else f"/media/{avatar_id}/200.webp",
            "is_verified": row["is_verified"],
        },
        "text": row["text"],
        "entities": [_entity(entity) for entity in row["entities"]],
        "poll": None,
        "quote_of": row["quote_of_id"],
        "quoted": None,
        "reposted_by": [],
        "media": [_media(media) for media in row["media"] or ()],
        "visibility": row["visibility"],
        "is_locked": False,  # nothing here has a price, or is for subscribers
        "price": None,
        "preview": row["preview_text"],
        "preview_media": [],
        "content_warning": row["content_warning"],
        "reply_policy": row["reply_policy"],
        "community_id": row["community_id"],
        "category": row["category"] or None,
        "location": row["location"],
        "is_pinned": row["pinned_at"] is not None,
        "created_at": row["created_at"],
        "edited_at": row["edited_at"],
        "counts": {
            "reactions": row["reaction_count"],
            "by_reaction": {kind: count for kind in KINDS if (count := row[f"{kind}_count"])},
            "comments": row["comment_count"],
            "reposts": row["repost_count"],
            "quotes": row["quote_count"],
            "saves": row["save_count"],
            "views": row["view_count"],
        },
        "viewer": {
            "reaction": row["reaction"],
            "saved": row["is_saved"],
            "reposted": row["is_reposted"],
        },
    }


def _entity(entity: dict[str, Any]) -> dict[str, Any]:
    is_tag = entity["kind"] == "tag"
    return {
        "kind": entity["kind"],
        "start": entity["start"],
        "end": entity["end"],
        "tag": entity["name"] if is_tag else None,
        "user_id": None if is_tag else entity["name"],
    }


def _media(row: Any) -> dict[str, Any]:
    identifier, kind, state, content_type, size, width, height, *others = row
    duration, failure, blurhash, alt_text, file_name, variants, rendition, created_at = others
    return {
        "id": identifier,
        "kind": kind,
        "state": state,
        "content_type": content_type,
        "size": size,
        "width": width,
        "height": height,
        "duration": duration,
        "progress": 100 if state == "ready" else 0,
        "failure": failure or None,
        "blurhash": blurhash,
        "alt_text": alt_text,
        "url": f"/media/{file_name}",
        "variants": [
            {
                "width": variant["width"],
                "height": variant["height"],
                "url": f"/media/{variant['name']}",
            }
            for _, variant in sorted(variants.items(), key=lambda item: int(item[0]))
        ],
        "rendition": _rendition(rendition) if rendition else None,
        "created_at": created_at,
    }


def _rendition(played: Any) -> dict[str, Any]:
    return {
        "url": f"/media/{played['name']}",
        "content_type": played["content_type"],
        "size": played["size"],
        "width": played["width"],
        "height": played["height"],
    }


def _write_cursor(post_id: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(post_id.bytes).rstrip(b"=").decode()


def _read_cursor(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(text + "=="))
    except ValueError as error:
        raise HTTPException(400, "The cursor is not valid") from error
