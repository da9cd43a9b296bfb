"""Tables of what takes two who agree, and of what people are told about it."""

import django.db.models.deletion
import guiju.kit.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0003_callcount_repeatablecall'),
    ]

    operations = [
        migrations.AddField(
            model_name='signinlink',
            name='first',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=guiju.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('act', models.CharField(choices=[('link', 'Link'), ('factors', 'Factors'), ('role', 'Role')], max_length=16)),
                ('at', models.DateTimeField()),
                ('told_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'at'], name='access_notice_of_a_person')],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.UUIDField(default=guiju.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('act', models.CharField(choices=[('link', 'Link'), ('factors', 'Factors'), ('role', 'Role')], max_length=16)),
                ('role', models.CharField(blank=True, default='', max_length=40)),
                ('until', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('approved', models.BooleanField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('approved__isnull', True), ('decided_at__isnull', True), ('decided_by__isnull', True)), models.Q(('approved__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='access_proposal_decided_at_and_by_together'), models.CheckConstraint(condition=models.Q(models.Q(('made_by', models.F('person')), _negated=True), models.Q(('approved__isnull', True), ('approved', False), models.Q(models.Q(('decided_by', models.F('made_by')), _negated=True), models.Q(('decided_by', models.F('person')), _negated=True)), _connector='OR')), name='access_proposal_approved_by_another'), models.UniqueConstraint(condition=models.Q(('decided_at__isnull', True)), fields=('person', 'act', 'role', 'unit'), name='access_proposal_waits_once', nulls_distinct=False)],
            },
        ),
    ]
