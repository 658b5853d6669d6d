-- Conversations of the playground, and the sets of parameters that a user keeps for it.
CREATE TYPE "MessageRole" AS ENUM ('user', 'assistant', 'clear');
CREATE TYPE "AnswerState" AS ENUM ('complete', 'stopped', 'failed');

CREATE TABLE "conversations" (
  "id" TEXT NOT NULL,
  "workspaceId" TEXT NOT NULL,
  "userId" TEXT NOT NULL,
  "title" TEXT NOT NULL,
  "accessName" TEXT NOT NULL,
  "systemPrompt" TEXT NOT NULL DEFAULT '',
  "parameters" JSONB NOT NULL DEFAULT '{}',
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "conversations_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "conversation_messages" (
  "conversationId" TEXT NOT NULL,
  "id" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "role" "MessageRole" NOT NULL,
  "text" TEXT NOT NULL DEFAULT '',
  "images" TEXT[],
  "reasoning" TEXT NOT NULL DEFAULT '',
  "accessName" TEXT,
  "state" "AnswerState" NOT NULL DEFAULT 'complete',
  "finishReason" TEXT,
  "error" JSONB,
  "figures" JSONB NOT NULL DEFAULT '{}',
  "requestId" TEXT,
  "createdAt" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "conversation_messages_pkey" PRIMARY KEY ("conversationId", "id")
);

CREATE TABLE "presets" (
  "id" TEXT NOT NULL,
  "workspaceId" TEXT NOT NULL,
  "userId" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "systemPrompt" TEXT NOT NULL DEFAULT '',
  "parameters" JSONB NOT NULL DEFAULT '{}',
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "presets_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "conversations_userId_workspaceId_updatedAt_idx" ON "conversations" ("userId", "workspaceId", "updatedAt" DESC);
CREATE UNIQUE INDEX "presets_userId_workspaceId_name_key" ON "presets" ("userId", "workspaceId", "name");

ALTER TABLE "conversations"
  ADD CONSTRAINT "conversations_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "workspaces" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT "conversations_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "conversation_messages"
  ADD CONSTRAINT "conversation_messages_conversationId_fkey" FOREIGN KEY ("conversationId") REFERENCES "conversations" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "presets"
  ADD CONSTRAINT "presets_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "workspaces" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT "presets_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
