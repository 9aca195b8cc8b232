"""What people are found by, of those who are here already too."""

import django.db.models.deletion
import django.utils.timezone
import grover.core.ids
from django.conf import settings
from django.db import migrations, models

from grover.core.words import words_of_name


def note_words(apps, schema_editor):
    users, name_words = apps.get_model("accounts", "User"), apps.get_model("accounts", "NameWord")
    named = users.objects.exclude(display_name="").values_list("pk", "display_name")
    words = [
        name_words(user_id=user_id, word=word)
        for user_id, name in named.iterator()
        for word in words_of_name(name)
    ]
    name_words.objects.bulk_create(words, batch_size=1_000)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='NameWord',
            fields=[
                ('id', models.UUIDField(default=grover.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('word', models.CharField(db_index=True, max_length=40)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'word'), name='name_word_once')],
            },
        ),
        migrations.RunPython(note_words, migrations.RunPython.noop),
    ]
