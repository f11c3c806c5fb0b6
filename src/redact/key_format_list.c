/*
 * key_format_list.c
 *		The published key formats.
 *
 * The expressions of the sources are a little narrower than a prefix and a run
 * of characters: taking the wider form costs at most a masked tail of something
 * that carries a published key prefix.
 */
#include "redact/key_format.h"

/*
 * Longer prefixes stand before the shorter ones that they begin with: the
 * first match counts.  Each line names a published rule that has its format.
 */
const KeyFormat key_formats[] = {
	{"sk-proj-", 8, true, WORD_DASH, 20, 200},	/* gitleaks openai-api-key */
	{"sk-svcacct-", 11, true, WORD_DASH, 40, 200},	/* gitleaks openai-api-key */
	{"sk-service-", 11, true, WORD_DASH, 40, 200},	/* gitleaks openai-api-key */
	{"sk-admin-", 9, true, WORD_DASH, 40, 200},	/* gitleaks openai-api-key */
	{"sk-ant-api##-", 13, true, WORD_DASH, 95, 95, "AA"},	/* gitleaks anthropic-api-key */
	{"sk-ant-admin##-", 15, true, WORD_DASH, 95, 95, "AA"},	/* gitleaks anthropic-admin-api-key */
	{"sk-or-v1-", 9, true, LOWER_HEX, 64, 64},	/* trufflehog openrouter */
	{"sk-lf-", 6, true, LOWER_HEX | DASH, 36, 36},	/* trufflehog langfuse */
	{"sk-", 3, true, ALNUM, 32, 64},	/* gitleaks openai-api-key; trufflehog deepseek */
	{"AIza", 4, true, WORD_DASH, 35, 35},	/* gitleaks gcp-api-key */
	{"GOCSPX-", 7, true, WORD_DASH, 28, 28},	/* kingfisher google */
	{"gsk_", 4, true, ALNUM, 52, 52},	/* trufflehog groq */
	{"xai-", 4, true, WORD, 80, 80},	/* trufflehog xai */
	{"hf_", 3, true, ALNUM, 34, 34},	/* gitleaks huggingface-access-token */
	{"api_org_", 8, true, ALNUM, 34, 34},	/* gitleaks huggingface-organization-api-token */
	{"pplx-", 5, true, ALNUM, 48, 48},	/* gitleaks perplexity-api-key */
	{"r8_", 3, true, WORD_DASH, 37, 48},	/* trufflehog replicate */
	{"ABSK", 4, true, BASE64, 109, 271},	/* gitleaks aws-amazon-bedrock-api-key-long-lived */
	{"bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t", 16, true, BASE64 | WORD_DASH, 0, 0},	/* gitleaks aws-amazon-bedrock-api-key-short-lived */
	{"nvapi-", 6, true, WORD_DASH, 64, 64},	/* trufflehog nvapi */
	{"csk-", 4, true, LOWER_ALNUM, 48, 48},	/* third-party rules agree */
	{"fw_", 3, true, ALNUM, 20, 64},	/* third-party rules: 20 to 64 */
	{"sk_live_", 8, true, ALNUM, 10, 99},	/* gitleaks stripe-access-token */
	{"sk_test_", 8, true, ALNUM, 10, 99},	/* gitleaks stripe-access-token */
	{"sk_prod_", 8, true, ALNUM, 10, 99},	/* gitleaks stripe-access-token */
	{"sk_", 3, true, LOWER_HEX, 48, 48},	/* trufflehog elevenlabs */
	{"rk_live_", 8, true, ALNUM, 10, 99},	/* gitleaks stripe-access-token */
	{"rk_test_", 8, true, ALNUM, 10, 99},	/* gitleaks stripe-access-token */
	{"rk_prod_", 8, true, ALNUM, 10, 99},	/* gitleaks stripe-access-token */
	{"dapi", 4, true, LOWER_HEX | DASH, 32, 34},	/* trufflehog databrickstoken */
	{"pcsk_", 5, true, WORD, 69, 70},	/* trufflehog pinecone */
	{"lsv2_pt_", 8, true, LOWER_HEX | UNDERSCORE, 43, 43},	/* trufflehog langsmith */
	{"lsv2_sk_", 8, true, LOWER_HEX | UNDERSCORE, 43, 43},	/* trufflehog langsmith */
	{"tvly-", 5, true, ALNUM, 32, 32},	/* noseyparker tavily */
	{"jina_", 5, true, ALNUM, 60, 60},	/* noseyparker jina */
	{"fc-", 3, true, LOWER_HEX, 32, 32},	/* noseyparker firecrawl */
	{"AKIA", 4, true, UPPER_ALNUM, 16, 16},	/* gitleaks aws-access-token */
	{"ASIA", 4, true, UPPER_ALNUM, 16, 16},	/* gitleaks aws-access-token */
	{"ABIA", 4, true, UPPER_ALNUM, 16, 16},	/* gitleaks aws-access-token */
	{"ACCA", 4, true, UPPER_ALNUM, 16, 16},	/* gitleaks aws-access-token */
	{"A3T?", 4, true, UPPER_ALNUM, 16, 16},	/* gitleaks aws-access-token */
	{"ghp_", 4, true, ALNUM, 36, 36},	/* gitleaks github-pat */
	{"gho_", 4, true, ALNUM, 36, 36},	/* gitleaks github-oauth */
	{"ghu_", 4, true, ALNUM, 36, 36},	/* gitleaks github-app-token */
	{"ghs_", 4, true, ALNUM, 36, 36},	/* gitleaks github-app-token */
	{"ghr_", 4, true, ALNUM, 36, 36},	/* gitleaks github-refresh-token */
	{"github_pat_", 11, true, WORD, 82, 82},	/* gitleaks github-fine-grained-pat */
	{"glpat-", 6, true, WORD_DASH, 20, 64},	/* gitleaks gitlab-pat */
	{"xoxb-########", 5, true, ALNUM_DASH, 19, 71},	/* gitleaks slack-bot-token */
	{"xoxa-", 5, true, ALNUM_DASH, 10, 160},	/* gitleaks slack-user-token */
	{"xoxe-", 5, true, ALNUM_DASH, 10, 160},	/* gitleaks slack-user-token */
	{"xoxo-#", 5, true, ALNUM_DASH, 9, 159},	/* gitleaks slack-user-token */
	{"xoxp-", 5, true, ALNUM_DASH, 10, 160},	/* gitleaks slack-user-token */
	{"xoxr-", 5, true, ALNUM_DASH, 10, 160},	/* gitleaks slack-user-token */
	{"xoxs-", 5, true, ALNUM_DASH, 10, 160},	/* gitleaks slack-user-token */
	{"xapp-#-", 5, true, ALNUM_DASH, 5, 0},	/* gitleaks slack-app-token */
	{"hooks.slack.com/services/", 16, true, ALNUM | BASE64_EXTRA, 20, 120},	/* gitleaks slack-webhook-url */
	{"hooks.slack.com/workflows/", 16, true, ALNUM | BASE64_EXTRA, 43, 120},	/* gitleaks slack-webhook-url */
	{"hooks.slack.com/triggers/", 16, true, ALNUM | BASE64_EXTRA, 43, 120},	/* gitleaks slack-webhook-url */
	{"hooks.slack-gov.com/services/", 20, true, ALNUM | BASE64_EXTRA, 20, 120},	/* Slack's documentation */
	{"discord.com/api/webhooks/", 12, true, WORD_DASH | BASE64_EXTRA, 60, 120},	/* trufflehog discordwebhook */
	{"discordapp.com/api/webhooks/", 15, true, WORD_DASH | BASE64_EXTRA, 60, 120},	/* trufflehog discordwebhook */
	{"webhook.office.com/webhookb2/", 19, true, WORD_DASH | BASE64_EXTRA | HEADER_EXTRA, 60, 300},	/* trufflehog microsoftteamswebhook */
	{"outlook.office.com/webhook/", 19, true, WORD_DASH | BASE64_EXTRA | HEADER_EXTRA, 60, 300},	/* Microsoft's documentation */
	{"outlook.office365.com/webhook/", 22, true, WORD_DASH | BASE64_EXTRA | HEADER_EXTRA, 60, 300},	/* Microsoft's documentation */
	{"hooks.zapier.com/hooks/catch/", 17, true, WORD_DASH | BASE64_EXTRA, 10, 60},	/* trufflehog zapierwebhook */
	{"maker.ifttt.com/trigger/", 16, true, WORD_DASH | BASE64_EXTRA, 24, 160},	/* IFTTT's documentation */
	{"maker.ifttt.com/use/", 16, true, WORD_DASH, 20, 80},	/* IFTTT's documentation */
	{"hook.eu1.make.com/", 18, true, ALNUM, 20, 64},	/* Make's documentation */
	{"hook.eu2.make.com/", 18, true, ALNUM, 20, 64},	/* Make's documentation */
	{"hook.us1.make.com/", 18, true, ALNUM, 20, 64},	/* Make's documentation */
	{"hook.us2.make.com/", 18, true, ALNUM, 20, 64},	/* Make's documentation */
	{"hook.integromat.com/", 20, true, ALNUM, 20, 64},	/* Make's documentation */
	{"open-apis/bot/v2/hook/", 10, true, LOWER_HEX | DASH, 36, 36},	/* Lark's and Feishu's documentation */
	{"qyapi.weixin.qq.com/cgi-bin/webhook/send", 20, true, WORD_DASH | EQUALS | PUNCTUATION, 40, 80},	/* WeCom's documentation */
	{"api.telegram.org/bot", 17, true, WORD_DASH | COLON, 40, 60},	/* Telegram's documentation */
	{"hooks.airtable.com/workflows/v1/genericWebhook/", 19, true, ALNUM | BASE64_EXTRA, 30, 80},	/* Airtable's documentation */
	{"automation.atlassian.com/pro/hooks/", 25, true, LOWER_HEX, 40, 64},	/* Atlassian's documentation */
	{"hooks.nabu.casa/", 16, true, WORD_DASH | EQUALS, 40, 120},	/* Home Assistant's documentation */
	{"webhook.site/", 13, true, LOWER_HEX | DASH, 36, 36},	/* webhook.site */
	{"webhook/", 7, true, LOWER_HEX | DASH, 36, 36},	/* n8n's documentation */
	{"webhook-test/", 7, true, LOWER_HEX | DASH, 36, 36},	/* n8n's documentation */
	{"tines.com/webhook/", 10, true, LOWER_ALNUM | BASE64_EXTRA, 60, 80},	/* trufflehog tineswebhook */
	{"KEY", 3, true, WORD_DASH, 55, 55},	/* trufflehog telnyx */
	{"nfp_", 4, true, ALNUM, 36, 36},	/* trufflehog netlify */
	{"rootly_", 7, true, LOWER_HEX, 64, 64},	/* trufflehog rootly */
	{"tkn.v1_", 7, true, WORD_DASH | EQUALS, 40, 120},	/* trufflehog teamworkdesk */
	{"sqco_", 5, true, ALNUM, 40, 70},	/* trufflehog sonarcloud */
	{"bb_ma_", 6, true, LOWER_HEX, 30, 30},	/* trufflehog bannerbear */
	{"pat-na1-", 7, true, HEX | DASH, 36, 36},	/* kingfisher hubspot */
	{"pat-eu1-", 7, true, HEX | DASH, 36, 36},	/* kingfisher hubspot */
	{"odt_", 4, true, ALNUM, 32, 40},	/* noseyparker dtrack */
	{"scp-live-", 7, true, LOWER_HEX, 32, 32},	/* kingfisher scrapfly */
	{"scp-test-", 7, true, LOWER_HEX, 32, 32},	/* kingfisher scrapfly */
	{"$8$", 0, true, BASE64 | DOT | PUNCTUATION, 50, 64},	/* kingfisher pwhash */
	{"s-s4t2ud-", 7, true, LOWER_HEX, 64, 64},	/* gitleaks intra42 */
	{"s-s4t2af-", 7, true, LOWER_HEX, 64, 64},	/* gitleaks intra42 */
	{"sgp_local_", 7, true, HEX, 40, 40},	/* gitleaks sourcegraph-access-token */
	{"CFPAT-", 6, true, WORD_DASH, 43, 64},	/* kingfisher contentful */
	{"shltm_", 6, true, WORD_DASH, 40, 40},	/* kingfisher flexport */
	{"ak_live_", 7, true, ALNUM, 30, 30},	/* kingfisher pagarme */
	{"VF.DM.", 6, true, TOKEN, 41, 41},	/* kingfisher voiceflow */
	{"VF.WS.", 6, true, TOKEN, 41, 41},	/* kingfisher voiceflow */
	{"BBFF-", 5, true, ALNUM, 30, 34},	/* kingfisher ubidots */
	{"1000.", 5, true, LOWER_HEX | DOT, 65, 65},	/* kingfisher zohocrm */
	{"sub-c-", 6, true, LOWER_ALNUM | DASH, 36, 36},	/* kingfisher pubnub */
	{"sec-c-", 6, true, BASE64, 48, 64},	/* PubNub's documentation */
	{"launchdarkly-secret-", 7, true, LOWER_HEX | DASH, 36, 36},	/* kingfisher launchdarkly */
	{"launchdarkly-private-", 7, true, LOWER_HEX | DASH, 36, 36},	/* kingfisher launchdarkly */
	{"live_########_", 5, true, ALNUM, 30, 30},	/* noseyparker twitch */
	{"live_#########_", 5, true, ALNUM, 30, 30},	/* noseyparker twitch */
	{"flb_live_", 7, true, ALNUM, 20, 20},	/* kingfisher fleetbase */
	{"flb_test_", 7, true, ALNUM, 20, 20},	/* kingfisher fleetbase */
	{"SG.????????????????????.", 3, true, WORD_DASH, 39, 50},	/* trufflehog sendgrid */
	{"SG.?????????????????????.", 3, true, WORD_DASH, 39, 50},	/* trufflehog sendgrid */
	{"SG.??????????????????????.", 3, true, WORD_DASH, 39, 50},	/* trufflehog sendgrid */
	{"SG.???????????????????????.", 3, true, WORD_DASH, 39, 50},	/* trufflehog sendgrid */
	{"SG.????????????????????????.", 3, true, WORD_DASH, 39, 50},	/* trufflehog sendgrid */
	{"SK", 2, true, HEX, 32, 32},	/* gitleaks twilio-api-key */
	{"npm_", 4, true, ALNUM, 36, 36},	/* gitleaks npm-access-token */
	{"pypi-AgEIcHlwaS5vcmc", 5, true, WORD_DASH, 50, 0},	/* gitleaks pypi-upload-token */
	{"dop_v1_", 7, true, LOWER_HEX, 64, 64},	/* trufflehog digitaloceanv2 */
	{"doo_v1_", 7, true, LOWER_HEX, 64, 64},	/* trufflehog digitaloceanv2 */
	{"dor_v1_", 7, true, LOWER_HEX, 64, 64},	/* trufflehog digitaloceanv2 */
	{"shpat_", 6, true, HEX, 32, 32},	/* gitleaks shopify-access-token */
	{"shpca_", 6, true, HEX, 32, 32},	/* gitleaks shopify-custom-access-token */
	{"shppa_", 6, true, HEX, 32, 32},	/* gitleaks shopify-private-app-access-token */
	{"shpss_", 6, true, HEX, 32, 32},	/* gitleaks shopify-shared-secret */
	{"lin_api_", 8, true, ALNUM, 40, 40},	/* trufflehog linearapi */
	{"ntn_", 4, true, ALNUM, 46, 46},	/* gitleaks notion-api-token */
	{"glsa_", 5, true, WORD, 41, 41},	/* gitleaks grafana-service-account-token */
	{"sbp_", 4, true, LOWER_ALNUM, 40, 40},	/* trufflehog supabasetoken */
	{"vcp_", 4, true, ALNUM, 20, 60},	/* secretlint vercel */
	{"vci_", 4, true, ALNUM, 20, 60},	/* secretlint vercel */
	{"vca_", 4, true, ALNUM, 20, 60},	/* secretlint vercel */
	{"vcr_", 4, true, ALNUM, 20, 60},	/* secretlint vercel */
	{"vck_", 4, true, ALNUM, 20, 60},	/* secretlint vercel */
	{"sk-ant-oat##-", 7, true, WORD_DASH, 80, 120},	/* kingfisher anthropic */
	{"ATATT3", 6, true, WORD_DASH | EQUALS, 180, 200},	/* gitleaks atlassian-api-token */
	{"ATBB", 4, true, ALNUM, 32, 32},	/* kingfisher bitbucket */
	{"AKCp", 4, true, ALNUM, 69, 69},	/* gitleaks artifactory-api-key */
	{"cmVmd", 5, true, ALNUM, 59, 59},	/* gitleaks artifactory-reference-token */
	{"A3-", 3, true, UPPER_ALNUM | DASH, 30, 36},	/* gitleaks 1password-secret-key */
	{"ops_eyJ", 7, true, BASE64 | WORD_DASH, 250, 0},	/* gitleaks 1password-service-account-token */
	{"AGE-SECRET-KEY-1", 7, true, UPPER_ALNUM, 58, 58},	/* gitleaks age-secret-key */
	{"pat??????????????.", 3, true, ALNUM, 64, 64},	/* gitleaks airtable-personnal-access-token */
	{"LTAI", 4, true, ALNUM, 20, 20},	/* gitleaks alibaba-access-key-id */
	{"4b1d", 4, true, ALNUM, 38, 38},	/* gitleaks clickhouse-cloud-api-secret-key */
	{"CLOJARS_", 7, true, ALNUM, 60, 60},	/* gitleaks clojars-api-token */
	{"v1.0-", 5, true, LOWER_HEX | DASH, 171, 171},	/* gitleaks cloudflare-origin-ca-key */
	{"dnkey-", 6, true, WORD_DASH, 40, 100},	/* gitleaks defined-networking-api-token */
	{"dckr_pat_", 7, true, WORD_DASH, 27, 36},	/* kingfisher dockerhub */
	{"dp.pt.", 6, true, ALNUM, 40, 44},	/* gitleaks doppler-api-token */
	{"dp.ct.", 6, true, ALNUM, 40, 44},	/* noseyparker doppler */
	{"dp.st.", 6, true, TOKEN, 40, 80},	/* noseyparker doppler */
	{"dp.scim.", 7, true, ALNUM, 40, 44},	/* noseyparker doppler */
	{"dp.audit.", 7, true, ALNUM, 40, 44},	/* noseyparker doppler */
	{"duffel_test_", 7, true, WORD_DASH | EQUALS, 43, 43},	/* gitleaks duffel-api-token */
	{"duffel_live_", 7, true, WORD_DASH | EQUALS, 43, 43},	/* gitleaks duffel-api-token */
	{"dt0c01.", 7, true, ALNUM | DOT, 89, 89},	/* gitleaks dynatrace-api-token */
	{"EZAK", 4, true, ALNUM, 54, 54},	/* gitleaks easypost-api-token */
	{"EZTK", 4, true, ALNUM, 54, 54},	/* gitleaks easypost-test-api-token */
	{"EAACEdEose0cBA", 7, true, ALNUM, 20, 0},	/* noseyparker facebook */
	{"EAAM", 4, true, ALNUM, 100, 0},	/* gitleaks facebook-page-access-token */
	{"EAAC", 4, true, ALNUM, 100, 0},	/* gitleaks facebook-page-access-token */
	{"figd_", 5, true, WORD_DASH, 38, 44},	/* kingfisher figma */
	{"FLWSECK_TEST-", 7, true, HEX | DASH | LOWER, 12, 40},	/* gitleaks flutterwave-secret-key */
	{"FLWPUBK_TEST-", 7, true, HEX | DASH | LOWER, 32, 40},	/* gitleaks flutterwave-public-key */
	{"fo1_", 4, true, WORD_DASH, 43, 43},	/* gitleaks flyio-access-token */
	{"fm1a_", 5, true, BASE64, 80, 0},	/* gitleaks flyio-access-token */
	{"fm1r_", 5, true, BASE64, 80, 0},	/* gitleaks flyio-access-token */
	{"fm2_", 4, true, BASE64, 80, 0},	/* gitleaks flyio-access-token */
	{"fio-u-", 6, true, WORD_DASH | EQUALS, 64, 64},	/* gitleaks frameio-api-token */
	{"GR1348941", 7, true, WORD_DASH, 20, 20},	/* gitleaks gitlab-rrt */
	{"glagent-", 7, true, WORD_DASH, 50, 64},	/* gitleaks gitlab-kubernetes-agent-token */
	{"glcbt-", 6, true, WORD_DASH, 20, 30},	/* gitleaks gitlab-cicd-job-token */
	{"gldt-", 5, true, WORD_DASH, 20, 20},	/* gitleaks gitlab-deploy-token */
	{"glffct-", 7, true, WORD_DASH, 20, 20},	/* gitleaks gitlab-feature-flag-client-token */
	{"glft-", 5, true, WORD_DASH, 20, 20},	/* gitleaks gitlab-feed-token */
	{"glimt-", 6, true, WORD_DASH, 25, 25},	/* gitleaks gitlab-incoming-mail-token */
	{"gloas-", 6, true, WORD_DASH, 64, 64},	/* gitleaks gitlab-oauth-app-secret */
	{"glptt-", 6, true, HEX, 40, 40},	/* gitleaks gitlab-ptt */
	{"glrt-", 5, true, TOKEN, 20, 64},	/* gitleaks gitlab-runner-authentication-token */
	{"glsoat-", 7, true, WORD_DASH, 20, 20},	/* gitleaks gitlab-scim-token */
	{"_gitlab_session=", 7, true, ALNUM, 32, 32},	/* gitleaks gitlab-session-cookie */
	{"ya29.", 5, true, WORD_DASH, 20, 1024},	/* noseyparker google */
	{"glc_", 4, true, BASE64, 32, 400},	/* gitleaks grafana-cloud-api-token */
	{"eyJrIjoi", 3, true, BASE64, 70, 400},	/* gitleaks grafana-api-key */
	{"hvs.", 4, true, WORD_DASH, 24, 260},	/* gitleaks vault-service-token */
	{"hvb.", 4, true, WORD_DASH, 24, 300},	/* gitleaks vault-batch-token */
	{"hvr.", 4, true, WORD_DASH, 24, 300},	/* noseyparker hashicorp */
	{"HRKU-AA", 7, true, WORD_DASH, 58, 58},	/* gitleaks heroku-api-key-v2 */
	{"live_", 5, true, LOWER_HEX, 35, 35},	/* gitleaks lob-api-key */
	{"test_", 5, true, LOWER_HEX, 35, 35},	/* gitleaks lob-api-key */
	{"key-", 4, true, LOWER_HEX, 32, 32},	/* gitleaks mailgun-private-api-token */
	{"pubkey-", 7, true, LOWER_HEX, 32, 32},	/* gitleaks mailgun-pub-key */
	{"pk.eyJ", 3, true, TOKEN, 60, 400},	/* noseyparker mapbox */
	{"sk.eyJ", 3, true, TOKEN, 60, 400},	/* noseyparker mapbox */
	{"tk.eyJ", 3, true, TOKEN, 60, 400},	/* noseyparker mapbox */
	{"NRAK-", 5, true, ALNUM, 27, 27},	/* gitleaks new-relic-user-api-key */
	{"NRII-", 5, true, WORD_DASH, 32, 32},	/* gitleaks new-relic-insert-key */
	{"NRIQ-", 5, true, WORD_DASH, 32, 32},	/* noseyparker newrelic */
	{"NRRA-", 5, true, LOWER_HEX, 42, 42},	/* noseyparker newrelic */
	{"NRJS-", 5, true, ALNUM, 19, 19},	/* gitleaks new-relic-browser-api-token */
	{"oy2", 3, true, LOWER_ALNUM, 43, 43},	/* noseyparker nuget */
	{"sha256~", 7, true, WORD_DASH, 43, 43},	/* gitleaks openshift-user-token */
	{"access-production-", 7, true, LOWER_HEX | DASH, 36, 36},	/* gitleaks plaid-api-token */
	{"access-development-", 7, true, LOWER_HEX | DASH, 36, 36},	/* gitleaks plaid-api-token */
	{"access-sandbox-", 7, true, LOWER_HEX | DASH, 36, 36},	/* gitleaks plaid-api-token */
	{"pscale_tkn_", 7, true, TOKEN | EQUALS, 32, 64},	/* gitleaks planetscale-api-token */
	{"pscale_oauth_", 7, true, TOKEN | EQUALS, 32, 64},	/* gitleaks planetscale-oauth-token */
	{"pscale_pw_", 7, true, TOKEN | EQUALS, 32, 64},	/* gitleaks planetscale-password */
	{"PMAK-", 5, true, HEX | DASH, 59, 59},	/* gitleaks postman-api-token */
	{"pnu_", 4, true, ALNUM, 36, 36},	/* gitleaks prefect-api-token */
	{"pul-", 4, true, HEX, 40, 40},	/* gitleaks pulumi-api-token */
	{"rdme_", 5, true, LOWER_ALNUM, 70, 70},	/* gitleaks readme-api-token */
	{"rubygems_", 7, true, LOWER_HEX, 48, 48},	/* gitleaks rubygems-api-token */
	{"tk-us-", 6, true, WORD_DASH, 48, 48},	/* gitleaks scalingo-api-token */
	{"xkeysib-", 7, true, ALNUM_DASH, 81, 81},	/* gitleaks sendinblue-api-token */
	{"sntrys_eyJ", 7, true, BASE64 | UNDERSCORE, 100, 400},	/* gitleaks sentry-org-token */
	{"sntryu_", 7, true, HEX, 64, 64},	/* gitleaks sentry-user-token */
	{"sm_aat_", 7, true, ALNUM, 16, 16},	/* gitleaks settlemint-application-access-token */
	{"sm_pat_", 7, true, ALNUM, 16, 16},	/* gitleaks settlemint-personal-access-token */
	{"sm_sat_", 7, true, ALNUM, 16, 16},	/* gitleaks settlemint-service-access-token */
	{"shippo_live_", 7, true, HEX, 40, 40},	/* gitleaks shippo-api-token */
	{"shippo_test_", 7, true, HEX, 40, 40},	/* gitleaks shippo-api-token */
	{"sgp_", 4, true, HEX, 40, 40},	/* gitleaks sourcegraph-access-token */
	{"sgp_", 4, true, HEX, 64, 64},	/* noseyparker segment */
	{"sgp_????????????????_", 4, true, HEX, 40, 40},	/* gitleaks sourcegraph-access-token */
	{"sq0atp-", 7, true, WORD_DASH, 22, 60},	/* gitleaks square-access-token */
	{"sq0csp-", 7, true, WORD_DASH, 43, 60},	/* kingfisher square */
	{"EAAA", 4, true, WORD_DASH, 58, 62},	/* gitleaks square-access-token */
	{"squ_", 4, true, LOWER_HEX, 40, 40},	/* kingfisher sonarqube */
	{"sqp_", 4, true, LOWER_HEX, 40, 40},	/* kingfisher sonarqube */
	{"hawk.", 5, true, TOKEN, 40, 44},	/* noseyparker stackhawk */
	{"tskey-", 6, true, ALNUM_DASH, 20, 100},	/* secretlint tailscale */
	{"AAAAAAAAAAAAAAAAAAAAAA", 0, true, ALNUM | PUNCTUATION, 58, 150},	/* gitleaks twitter-bearer-token */
	{"tfp_", 4, true, TOKEN | EQUALS, 59, 59},	/* gitleaks typeform-api-token */
	{"AQVN", 4, true, WORD_DASH, 35, 38},	/* gitleaks yandex-api-key */
	{"YCA", 3, true, WORD_DASH, 36, 37},	/* kingfisher yandex */
	{"da2-", 4, true, LOWER_ALNUM, 26, 26},	/* noseyparker appsync */
	{"px-dep-", 7, true, LOWER_HEX | DASH, 36, 36},	/* noseyparker newrelic */
	{"px-api-", 7, true, LOWER_HEX | DASH, 36, 36},	/* noseyparker newrelic */
	{"$2a$", 0, true, BASE64 | DOT | PUNCTUATION, 50, 60},	/* noseyparker pwhash */
	{"$2b$", 0, true, BASE64 | DOT | PUNCTUATION, 50, 60},	/* noseyparker pwhash */
	{"$2y$", 0, true, BASE64 | DOT | PUNCTUATION, 50, 60},	/* noseyparker pwhash */
	{"$5$", 0, true, BASE64 | DOT | PUNCTUATION, 40, 120},	/* noseyparker pwhash */
	{"$6$", 0, true, BASE64 | DOT | PUNCTUATION, 80, 160},	/* noseyparker pwhash */
	{"$krb5", 0, true, BASE64 | DOT | PUNCTUATION | COLON, 40, 0},	/* noseyparker krb5 */
	{"bkua_", 5, true, ALNUM, 40, 40},	/* kingfisher buildkite */
	{"whsec_", 6, true, BASE64, 32, 64},	/* kingfisher stripe */
	{"eyJ", 3, false, TOKEN | BASE64_EXTRA | EQUALS, 12, 0},	/* trufflehog jwt */
	{"Bearer ", 7, false, HEADER | BLANK, 8, 0},	/* gitleaks curl-auth-header */
	{"bearer ", 7, false, HEADER | BLANK, 8, 0},	/* gitleaks curl-auth-header */
	{"Basic ", 6, false, BASE64 | BLANK, 8, 0},	/* gitleaks curl-auth-header */
	{"basic ", 6, false, BASE64 | BLANK, 8, 0},	/* gitleaks curl-auth-header */
	{"-----BEGIN?", 11, false, UPPER | DIGIT | BLANK | DASH | UNDERSCORE, 2, 0},	/* gitleaks private-key */
};

const size_t key_format_count = sizeof(key_formats) / sizeof(key_formats[0]);
